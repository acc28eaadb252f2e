using Tandem.Api;
using Tandem.Config.Files;
using Tandem.Config.Specs;
using Tandem.Core;
using Tandem.Core.Options;

namespace Tandem.Config.Import;

/// <summary>A bond that an importer puts together. What a bond of Tandem cannot have becomes a note.</summary>
internal sealed class BondDraft(string name, Place place, Findings notes)
{
    private readonly Dictionary<BondOption, (OptionValue Value, Place Place, string Key)> _options = [];
    private readonly List<(string Name, Place Place)> _members = [];
    private readonly Dictionary<string, List<KeyValuePair<BondOption, OptionValue>>> _memberOptions = new(StringComparer.Ordinal);

    /// <summary>The name.</summary>
    public string Name => name;

    /// <summary>Where the bond is defined.</summary>
    public Place Place => place;

    /// <summary>The MAC address.</summary>
    public string? Address { get; private set; }

    /// <summary>The MTU.</summary>
    public int? Mtu { get; private set; }

    /// <summary>Whether the bond is to be set up.</summary>
    public bool IsUp { get; set; } = true;

    /// <summary>The members so far.</summary>
    public IReadOnlyList<(string Name, Place Place)> Members => _members;

    /// <summary>Sets an option by the driver's name, with the driver's text.</summary>
    public void Set(string option, string text, Place at, string key)
    {
        if (!BondOptionTable.TryFind(OptionScope.Bond, option, out var known))
            notes.Add(at, key, "Tandem has no such option", "it is left out");
        else if (Parse(known, text, at, key) is { } value)
            Set(known, value, at, key);
    }

    /// <summary>Sets an option.</summary>
    public void Set(BondOption option, OptionValue value, Place at, string key) => _options[option] = (value, at, key);

    /// <summary>Sets an option of a member by the driver's name.</summary>
    public void SetOfMember(string member, string option, string text, Place at, string key)
    {
        if (!BondOptionTable.TryFind(OptionScope.Member, option, out var known))
            notes.Add(at, key, "Tandem has no such option of members", "it is left out");
        else if (Parse(known, text, at, key) is { } value)
        {
            if (!_memberOptions.TryGetValue(member, out var options))
                _memberOptions.Add(member, options = []);
            options.Add(new(known, value));
        }
    }

    /// <summary>Adds a member, unless it is there.</summary>
    public void Add(string member, Place at, string key)
    {
        if (InterfaceName.Problem(member) is { } problem)
            notes.Add(at, key, $"{Findings.Quote(member)}: not a name of an interface: {problem}", "add the interface by hand");
        else if (member == name)
            notes.Add(at, key, $"{name}: a bond cannot be its own member", "it is left out");
        else if (_members.TrueForAll(other => other.Name != member))
            _members.Add((member, at));
    }

    /// <summary>Removes a member that has another bond.</summary>
    public void Remove(string member) => _members.RemoveAll(other => other.Name == member);

    /// <summary>Sets the MAC address.</summary>
    public void SetAddress(string text, Place at, string key)
    {
        if (MacAddress.TryParse(text, out var address) && address.IsValidUnicast)
            Address = address.ToString();
        else
            notes.Add(at, key, $"{Findings.Quote(text)}: not the address of a station", "it is left out");
    }

    /// <summary>Sets the MTU.</summary>
    public void SetMtu(string text, Place at, string key)
    {
        if (WholeNumber.TryParse(text, out var mtu) && mtu is >= BondLimits.MinMtu and <= BondLimits.MaxMtu)
            Mtu = (int)mtu;
        else
            notes.Add(at, key, $"{Findings.Quote(text)}: not an MTU", "it is left out");
    }

    /// <summary>The bond. Options that the mode or other options exclude are left out.</summary>
    public NamedBond Finish()
    {
        while (SpecOptions.Apply([.. _options.Select(option => KeyValuePair.Create(option.Key, option.Value.Value))]).Error is { } error)
        {
            var keyword = error.Subject.Split(' ')[0];
            var wrong = _options.First(option => option.Key.Keyword == keyword);
            notes.Add(wrong.Value.Place, wrong.Value.Key, OptionKeys.Reword(error.Reason), "it is left out");
            _options.Remove(wrong.Key);
        }
        var mode = _options.TryGetValue(BondOptions.Known.Mode, out var set) ? (BondMode)set.Value.Number : BondOptions.Default.Mode;
        return new NamedBond(
            name,
            CanonicalSpec.Of(
                new BondSpec
                {
                    Options = _options.ToDictionary(
                        option => option.Key.Name,
                        option => option.Value.Value.Format(option.Key),
                        StringComparer.Ordinal
                    ),
                    Address = Address,
                    Mtu = Mtu,
                    Up = IsUp,
                    Members = [.. _members.Select(member => Finish(member.Name, mode))],
                }
            )
        );
    }

    private MemberSpec Finish(string member, BondMode mode) =>
        new()
        {
            Name = member,
            Options = _memberOptions.TryGetValue(member, out var options)
                ? SpecOptions.Shortest([.. options.Where(option => SpecOptions.Refuse(mode, option.Key, option.Value) is null)])
                : null,
        };

    private OptionValue? Parse(BondOption option, string text, Place at, string key)
    {
        if (OptionParser.TryParse(option, text, out var value, out var error))
            return value;
        notes.Add(at, key, $"{Findings.Quote(text)}: {OptionKeys.Reword(error!.Reason)}", $"it is left out; {error.Accepted}");
        return null;
    }
}
