using System.Globalization;
using System.Text;
using Tandem.Api;
using Tandem.Config.Specs;
using Tandem.Config.Yaml;
using Tandem.Core.Options;

namespace Tandem.Config.Files;

/// <summary>Writes specs as a file that <see cref="ConfigurationReader"/> reads, with only what differs from the defaults.</summary>
public static class ConfigurationWriter
{
    /// <summary>The text of a file.</summary>
    public static string Write(IReadOnlyList<NamedBond> bonds)
    {
        var text = new StringBuilder("network:\n  version: 2\n");
        text.Append(bonds.Count == 0 ? "  bonds: {}\n" : "  bonds:\n");
        foreach (var bond in bonds)
            Write(text, bond);
        return text.ToString();
    }

    private static void Write(StringBuilder text, NamedBond bond)
    {
        var spec = CanonicalSpec.Of(bond.Spec);
        var body = new StringBuilder();
        if (spec.Members is { } members)
            Line(body, 6, "interfaces", $"[{string.Join(", ", members.Select(member => YamlText.Of(member.Name)))}]");
        if (spec.Mtu is { } mtu)
            Line(body, 6, "mtu", mtu.ToString(CultureInfo.InvariantCulture));
        if (spec.Address is { } address)
            Line(body, 6, "macaddress", YamlText.Of(address));
        if (spec.NumTxQueues is { } queues)
            Line(body, 6, "num-tx-queues", queues.ToString(CultureInfo.InvariantCulture));
        if (spec.Up == false)
            Line(body, 6, "up", "false");
        WriteOptions(body, OptionScope.Bond, "parameters", 6, spec.Options);
        WriteMembers(body, spec.Members ?? []);
        text.Append("    ").Append(YamlText.Of(bond.Name)).Append(":\n").Append(body);
    }

    private static void WriteMembers(StringBuilder text, IReadOnlyList<MemberSpec> members)
    {
        if (members.All(member => member.Options is null))
            return;
        text.Append("      members:\n");
        foreach (var member in members)
            WriteOptions(text, OptionScope.Member, YamlText.Of(member.Name), 8, member.Options);
    }

    private static void WriteOptions(
        StringBuilder text,
        OptionScope scope,
        string key,
        int indentation,
        IReadOnlyDictionary<string, string>? options
    )
    {
        if (options is not { Count: > 0 })
            return;
        text.Append(' ', indentation).Append(key).Append(":\n");
        foreach (var (name, value) in options)
        {
            // An option that this version does not know comes from a newer service, and is for a newer reader.
            if (BondOptionTable.TryFind(scope, name, out var option) && OptionParser.TryParse(option, value, out var parsed, out _))
                Line(text, indentation + 2, OptionKeys.Of(option), OptionValues.Write(option, parsed));
            else
                Line(text, indentation + 2, YamlText.Of(name.Replace('_', '-')), YamlText.Of(value));
        }
    }

    private static void Line(StringBuilder text, int indentation, string key, string value) =>
        text.Append(' ', indentation).Append(key).Append(": ").Append(value).Append('\n');
}
