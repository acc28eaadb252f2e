using System.Reflection;

namespace Tandem.Daemon;

/// <summary>The version of this program.</summary>
internal static class ServiceVersion
{
    /// <summary>The version, without the build metadata.</summary>
    public static string Text { get; } =
        typeof(ServiceVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
        ?? "?";
}
