using Tandem.Config.Yaml;
using Tandem.Core;

namespace Tandem.Config.Files;

/// <summary>Reads the tree of all files: <c>network</c>, and the bonds below it.</summary>
internal static class NetworkReader
{
    private const string Network = "network";
    private const string Bonds = "bonds";

    private static readonly string[] Keys = ["version", Bonds, "ethernets"];

    /// <summary>Reads the bonds; errors are recorded.</summary>
    public static List<NamedBond> Read(YamlNode root, Findings errors)
    {
        var bonds = new List<NamedBond>();
        foreach (var entry in Scalars.Entries("", root, errors))
        {
            if (entry.Key == Network)
                ReadNetwork(entry.Value, bonds, errors);
            else
                errors.Add(
                    entry.Place,
                    Findings.KeyText(entry.Key),
                    "unknown key",
                    Keys.Contains(entry.Key, StringComparer.Ordinal) ? $"write it below \"{Network}:\", indented" : $"accepted: {Network}"
                );
            if (errors.IsFull)
                break;
        }
        return bonds;
    }

    private static void ReadNetwork(YamlNode network, List<NamedBond> bonds, Findings errors)
    {
        var members = new Dictionary<string, MemberPlace>(StringComparer.Ordinal);
        foreach (var entry in Scalars.Entries(Network, network, errors))
        {
            var key = $"{Network}.{entry.Key}";
            switch (entry.Key)
            {
                case "version":
                    if (Scalars.Text(key, entry.Value, errors) is { } version and not "2")
                        errors.Add(entry.Value.Place, key, $"{Findings.Quote(version)}: no such version", "accepted: 2");
                    break;
                case "ethernets":
                    OtherKeys.CheckEthernets(key, entry.Value, errors);
                    break;
                case Bonds:
                    foreach (var bond in Scalars.Entries(Bonds, entry.Value, errors))
                    {
                        bonds.Add(new BondReader(bond, members, errors).Read());
                        if (errors.IsFull)
                            return;
                    }
                    break;
                case "renderer":
                    OtherKeys.RefuseSection(key, entry, errors);
                    break;
                default:
                    if (OtherKeys.IsSection(entry.Key))
                        OtherKeys.RefuseSection(key, entry, errors);
                    else
                        errors.Add(entry.Place, $"{Network}.{Findings.KeyText(entry.Key)}", "unknown key", Suggest(entry.Key, Keys));
                    break;
            }
            if (errors.IsFull)
                return;
        }
    }

    /// <summary>What to write in place of an unknown key.</summary>
    internal static string Suggest(string key, IReadOnlyCollection<string> known) =>
        Spelling.Nearest(key, known) is { } near ? $"did you mean {near}?" : $"accepted: {string.Join(", ", known)}";
}
