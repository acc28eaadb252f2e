using Tandem.Api;
using Tandem.Core;
using Tandem.Core.Options;

namespace Tandem.Config.Specs;

/// <summary>
/// The canonical form of specs: of all specs that lead to the same bond the one that names the fewest options, each by the driver's name
/// and in the order of the table.
/// </summary>
public static class CanonicalSpec
{
    /// <summary>The canonical form. Options that this version does not know, or that exclude each other, are left as they are.</summary>
    public static BondSpec Of(BondSpec spec) =>
        spec with
        {
            Options = OptionsOf(spec.Options),
            Address = MacAddress.TryParse(spec.Address, out var address) ? address.ToString() : spec.Address,
            Members = spec.Members is { } members
                ? [.. members.Select(member => member with { Options = MemberOptionsOf(member.Options) })]
                : null,
        };

    private static Dictionary<string, string> OptionsOf(IReadOnlyDictionary<string, string>? options)
    {
        var (known, others) = Read(OptionScope.Bond, options);
        var (applied, error) = SpecOptions.Apply(known);
        if (error is not null)
            return new Dictionary<string, string>(options!, StringComparer.Ordinal);
        var texts = SpecOptions.Shortest(applied);
        foreach (var (option, value) in known)
        {
            // The active member is state: the options of a bond do not contain it.
            if (option == BondOptions.Known.ActiveMember && value.Name is { } name)
                texts[option.Name] = name;
        }
        foreach (var (name, text) in others)
            texts[name] = text;
        return texts;
    }

    /// <summary>The canonical options of a member; empty if all have their defaults.</summary>
    internal static IReadOnlyDictionary<string, string> OfMember(IReadOnlyDictionary<string, string>? options) =>
        MemberOptionsOf(options) ?? new Dictionary<string, string>(StringComparer.Ordinal);

    private static Dictionary<string, string>? MemberOptionsOf(IReadOnlyDictionary<string, string>? options)
    {
        var (known, others) = Read(OptionScope.Member, options);
        var texts = SpecOptions.Shortest(known);
        foreach (var (name, text) in others)
            (texts ??= new Dictionary<string, string>(StringComparer.Ordinal))[name] = text;
        return texts;
    }

    private static (List<KeyValuePair<BondOption, OptionValue>> Known, List<KeyValuePair<string, string>> Others) Read(
        OptionScope scope,
        IReadOnlyDictionary<string, string>? options
    )
    {
        var known = new List<KeyValuePair<BondOption, OptionValue>>();
        var others = new List<KeyValuePair<string, string>>();
        foreach (var (name, text) in options ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            if (BondOptionTable.TryFind(scope, name, out var option) && OptionParser.TryParse(option, text ?? "", out var value, out _))
                known.Add(new(option, value));
            else
                others.Add(new(name, text ?? ""));
        }
        return (known, others);
    }
}
