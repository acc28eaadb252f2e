using Tandem.Api;
using Tandem.Config.Specs;
using Tandem.Core.Options;

namespace Tandem.Config.Export;

/// <summary>A bond whose options an exporter takes one by one; those that are left become notes.</summary>
internal sealed class BondText
{
    private readonly string _name;
    private readonly List<string> _notes;
    private readonly List<KeyValuePair<BondOption, OptionValue>> _options;

    /// <summary>Reads the options of a bond.</summary>
    public BondText(NamedBond bond, List<string> notes)
    {
        (_name, _notes, Spec) = (bond.Name, notes, CanonicalSpec.Of(bond.Spec));
        _options = [];
        foreach (var (name, text) in Spec.Options ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            if (
                BondOptionTable.TryFind(OptionScope.Bond, name, out var option) && OptionParser.TryParse(option, text, out var value, out _)
            )
                _options.Add(new(option, value));
            else
                Note(name, text);
        }
    }

    /// <summary>The spec in canonical form.</summary>
    public BondSpec Spec { get; }

    /// <summary>The members.</summary>
    public IReadOnlyList<MemberSpec> Members => Spec.Members ?? [];

    /// <summary>The options that the tool has; the others become notes.</summary>
    public IEnumerable<KeyValuePair<BondOption, OptionValue>> Take(Func<BondOption, OptionValue, bool> isKnown)
    {
        foreach (var (option, value) in _options)
        {
            if (isKnown(option, value))
                yield return new(option, value);
            else
                Note(option.Keyword, value.Format(option));
        }
        if (Spec.NumTxQueues is { } queues)
            Note("numtxqueues", queues.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>The options of a member that the tool has; the others become notes.</summary>
    public IEnumerable<KeyValuePair<string, string>> TakeOf(MemberSpec member, params string[] known)
    {
        foreach (var (name, text) in member.Options ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            if (known.Contains(name, StringComparer.Ordinal))
                yield return new(name, text);
            else
                Note($"{member.Name} {name}", text);
        }
    }

    /// <summary>Adds a note about a bond that stays down, which the tool cannot express.</summary>
    public void NoteDown()
    {
        if (Spec.Up == false)
            Note("up", "off");
    }

    /// <summary>Whether netplan 0.106 and systemd-networkd 252 have a value.</summary>
    public static bool IsCommon(BondOption option, OptionValue value) =>
        option.Name switch
        {
            // filter, filter_active, filter_backup
            "arp_validate" => value.Number <= (long)ArpValidate.All,
            // vlan+srcmac
            "xmit_hash_policy" => value.Number <= 4,
            // actor_port_prio
            "ad_select" => value.Number <= 2,
            _ => true,
        };

    private void Note(string option, string value) => _notes.Add($"{_name}: {option} {value}: cannot be expressed there");
}
