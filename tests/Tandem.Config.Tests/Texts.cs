using System.Text.Json;
using Tandem.Api;
using Tandem.Config.Files;
using Xunit;

namespace Tandem.Config.Tests;

/// <summary>Files in memory.</summary>
internal static class Texts
{
    /// <summary>Reads texts that must be valid.</summary>
    public static IReadOnlyList<NamedBond> Valid(params string[] texts)
    {
        var read = Read(texts);
        Assert.True(read.IsValid, string.Join('\n', read.Errors));
        return read.Bonds;
    }

    /// <summary>Reads the body of a bond bond0, which must be valid.</summary>
    public static BondSpec ValidBond(string body) => Assert.Single(Valid(Bond(body))).Spec;

    /// <summary>The only error of texts.</summary>
    public static string Error(params string[] texts)
    {
        var read = Read(texts);
        Assert.Empty(read.Bonds);
        return Assert.Single(read.Errors).ToString();
    }

    /// <summary>The only error of the body of a bond bond0. The body starts in line 4, column 7.</summary>
    public static string BondError(string body) => Error(Bond(body));

    /// <summary>Reads texts named a.yaml, b.yaml and so on.</summary>
    public static Configuration Read(params string[] texts) =>
        ConfigurationReader.Read([.. texts.Select((text, i) => ($"{(char)('a' + i)}.yaml", text))]);

    /// <summary>A spec as text, for comparison.</summary>
    public static string Json(BondSpec spec) => JsonSerializer.Serialize(spec, TandemJson.Default.BondSpec);

    private static string Bond(string body) => $"network:\n  bonds:\n    bond0:\n      {body.ReplaceLineEndings("\n      ")}";
}
