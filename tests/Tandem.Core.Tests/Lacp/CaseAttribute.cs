namespace Tandem.Core.Tests.Lacp;

/// <summary>The number that a test has in the catalogue of cases (T01 to T131), or of frames (V1 to V12, N1 to N18).</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class CaseAttribute(string id) : Attribute
{
    public string Id => id;
}
