using Tandem.Api;
using Tandem.Config.Specs;
using Tandem.Config.Yaml;
using Tandem.Core;
using Tandem.Core.Options;

namespace Tandem.Config.Files;

/// <summary>Where an interface became a member of a bond.</summary>
internal sealed record MemberPlace(string Bond, Place Place);

/// <summary>Reads one bond below <c>bonds</c>.</summary>
/// <param name="bond">The bond's entry.</param>
/// <param name="taken">The members of all bonds read before; those of this bond are added.</param>
/// <param name="errors">Records errors.</param>
internal sealed class BondReader(YamlEntry bond, Dictionary<string, MemberPlace> taken, Findings errors)
{
    private static readonly string[] Keys = ["interfaces", "parameters", "members", "mtu", "macaddress", "num-tx-queues", "up"];

    private readonly string _path = $"bonds.{Findings.KeyText(bond.Key)}";

    /// <summary>Reads the bond; errors are recorded.</summary>
    public NamedBond Read()
    {
        if (InterfaceName.Problem(bond.Key) is { } problem)
            errors.Add(bond.Place, _path, $"not a name of an interface: {problem}");
        var spec = new BondSpec { Up = true };
        YamlNode? parameters = null;
        YamlEntry? members = null;
        foreach (var entry in Scalars.Entries(_path, bond.Value, errors))
        {
            var key = $"{_path}.{Findings.KeyText(entry.Key)}";
            switch (entry.Key)
            {
                case "interfaces":
                    spec = spec with { Members = ReadInterfaces(key, entry.Value) };
                    break;
                case "parameters":
                    parameters = entry.Value;
                    break;
                case "members":
                    members = entry;
                    break;
                case "mtu":
                    spec = spec with { Mtu = Scalars.Number(key, entry.Value, BondLimits.MinMtu, BondLimits.MaxMtu, " bytes", errors) };
                    break;
                case "macaddress":
                    spec = spec with { Address = ReadAddress(key, entry.Value) };
                    break;
                case "num-tx-queues":
                    spec = spec with { NumTxQueues = Scalars.Number(key, entry.Value, 1, BondLimits.MaxQueues, "", errors) };
                    break;
                case "up":
                    spec = spec with { Up = Scalars.Boolean(key, entry.Value, errors) };
                    break;
                case "activation-mode":
                    errors.Add(entry.Place, key, "unknown key", "write \"up: false\" for a bond that stays down");
                    break;
                default:
                    RefuseKey(key, entry);
                    break;
            }
            if (errors.IsFull)
                break;
        }
        var options = new BondOptionsReader($"{_path}.parameters", bond.Place, errors).Read(parameters);
        return new NamedBond(
            bond.Key,
            CanonicalSpec.Of(
                spec with
                {
                    Options = options.ToDictionary(named => named.Key.Name, named => named.Value.Format(named.Key), StringComparer.Ordinal),
                    Members = members is null ? spec.Members : ReadMembers(members, spec.Members ?? [], ModeOf(options)),
                }
            )
        );
    }

    private static BondMode ModeOf(IReadOnlyDictionary<BondOption, OptionValue> options) =>
        options.TryGetValue(BondOptions.Known.Mode, out var mode) ? (BondMode)mode.Number : BondOptions.Default.Mode;

    private void RefuseKey(string key, YamlEntry entry)
    {
        if (OtherKeys.AsksForNothing(entry))
            return;
        if (OtherKeys.IsOfDevices(entry.Key))
            OtherKeys.RefuseOnBond(key, entry, bond.Key, errors);
        else if (
            OptionKeys.TryFind(OptionScope.Bond, entry.Key, out var option)
            || OptionKeys.TryFindElsewhere(OptionScope.Bond, entry.Key, out option)
        )
            errors.Add(entry.Place, key, "an option stands one level deeper", $"write it below \"parameters:\" as {OptionKeys.Of(option)}");
        else
            errors.Add(entry.Place, key, "unknown key", NetworkReader.Suggest(entry.Key, Keys));
    }

    private List<MemberSpec> ReadInterfaces(string key, YamlNode node)
    {
        var members = new List<MemberSpec>();
        foreach (var (item, name) in Scalars.List(key, node, errors) ?? [])
        {
            if (InterfaceName.Problem(name) is { } problem)
                errors.Add(item.Place, key, $"{Findings.Quote(name)}: not a name of an interface: {problem}");
            else if (name == bond.Key)
                errors.Add(item.Place, key, $"{name}: a bond cannot be its own member");
            else if (taken.TryGetValue(name, out var place) && place.Bond == bond.Key)
                errors.Add(item.Place, key, $"{name} is named twice: {place.Place} has it too", "name each interface once");
            else if (place is not null)
                errors.Add(
                    item.Place,
                    key,
                    $"{name} is a member of {place.Bond} already: {place.Place}",
                    "an interface can be in one bond"
                );
            else
            {
                taken.Add(name, new MemberPlace(bond.Key, item.Place));
                members.Add(new MemberSpec { Name = name });
            }
        }
        return members;
    }

    private List<MemberSpec> ReadMembers(YamlEntry section, IReadOnlyList<MemberSpec> members, BondMode mode)
    {
        var path = $"{_path}.members";
        var read = members.ToList();
        foreach (var entry in Scalars.Entries(path, section.Value, errors))
        {
            var at = read.FindIndex(member => member.Name == entry.Key);
            if (at < 0)
                errors.Add(
                    entry.Place,
                    $"{path}.{Findings.KeyText(entry.Key)}",
                    "the interface is not in the bond's list of interfaces",
                    Spelling.Nearest(entry.Key, read.Select(member => member.Name)) is { } near
                        ? $"did you mean {near}? Otherwise add it to \"interfaces:\""
                        : "add it to \"interfaces:\""
                );
            else
                read[at] = read[at] with
                {
                    Options = new MemberOptionsReader($"{path}.{Findings.KeyText(entry.Key)}", mode, errors).Read(entry.Value),
                };
            if (errors.IsFull)
                break;
        }
        return read;
    }

    private string? ReadAddress(string key, YamlNode node)
    {
        if (Scalars.Text(key, node, errors) is not { } text)
            return null;
        if (MacAddress.TryParse(text, out var address) && address.IsValidUnicast)
            return address.ToString();
        errors.Add(
            node.Place,
            key,
            $"{Findings.Quote(text)}: not the address of a station",
            "accepted: a unicast address other than zero, such as 02:00:00:00:00:01"
        );
        return null;
    }
}
