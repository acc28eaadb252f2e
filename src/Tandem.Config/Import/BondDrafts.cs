using Tandem.Core;

namespace Tandem.Config.Import;

/// <summary>The bonds that an importer puts together, by name.</summary>
internal sealed class BondDrafts(Findings notes)
{
    private readonly List<BondDraft> _all = [];

    /// <summary>The bonds so far.</summary>
    public IReadOnlyList<BondDraft> All => _all;

    /// <summary>The bond with a name; null if there is none.</summary>
    public BondDraft? Find(string name) => _all.Find(bond => bond.Name == name);

    /// <summary>The bond with a name, which is created if there is none.</summary>
    public BondDraft Get(string name, Place place)
    {
        if (Find(name) is { } known)
            return known;
        var bond = new BondDraft(name, place, notes);
        _all.Add(bond);
        return bond;
    }

    /// <summary>The result. An interface that several bonds name stays with the first one.</summary>
    public Imported Finish()
    {
        var taken = new Dictionary<string, string>(StringComparer.Ordinal);
        var bonds = new List<NamedBond>();
        foreach (var bond in _all)
        {
            if (InterfaceName.Problem(bond.Name) is { } problem)
            {
                notes.Add(bond.Place, Findings.Quote(bond.Name), $"not a name of an interface: {problem}", "the bond is left out");
                continue;
            }
            foreach (var (member, place) in bond.Members.ToList())
            {
                if (taken.TryAdd(member, bond.Name))
                    continue;
                notes.Add(place, member, $"the interface is a member of {taken[member]} already", $"it is left out of {bond.Name}");
                bond.Remove(member);
            }
            bonds.Add(bond.Finish());
        }
        return new Imported(bonds, notes.All);
    }
}
