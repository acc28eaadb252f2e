using Tandem.Api;
using Tandem.Api.Texts;

namespace Tandem.Daemon.Trees;

/// <summary>The files and links of the driver in /proc and /sys, by their path without the leading slash.</summary>
internal sealed class TreeLayout
{
    /// <summary>The folder of the bonds' status, which exists without bonds, too: readers list it.</summary>
    public const string StatusFolder = "proc/net/bonding";

    private const string NetFolder = "sys/class/net";

    private readonly Dictionary<string, string> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _links = new(StringComparer.Ordinal);

    private TreeLayout() { }

    /// <summary>Content of files.</summary>
    public IReadOnlyDictionary<string, string> Files => _files;

    /// <summary>Targets of symbolic links.</summary>
    public IReadOnlyDictionary<string, string> Links => _links;

    /// <summary>Describes bonds.</summary>
    /// <param name="bonds">The bonds.</param>
    /// <param name="version">The version of the service.</param>
    public static TreeLayout Of(IEnumerable<BondResource> bonds, string version)
    {
        var layout = new TreeLayout();
        var names = new List<string>();
        foreach (var bond in bonds)
        {
            names.Add(bond.Name);
            layout.Add(bond, version);
        }
        layout._files[$"{NetFolder}/bonding_masters"] = names.Count == 0 ? "" : string.Join(' ', names) + "\n";
        return layout;
    }

    private void Add(BondResource bond, string version)
    {
        var folder = $"{NetFolder}/{bond.Name}";
        _files[$"{StatusFolder}/{bond.Name}"] = BondStatusText.Format(bond, version);
        foreach (var (name, content) in BondFiles.OfBond(bond))
            _files[$"{folder}/bonding/{name}"] = content;
        foreach (var member in bond.Members)
        {
            var own = $"{NetFolder}/{member.Name}";
            _links[$"{folder}/lower_{member.Name}"] = $"../{member.Name}";
            _links[$"{own}/master"] = $"../{bond.Name}";
            _links[$"{own}/upper_{bond.Name}"] = $"../{bond.Name}";
            foreach (var (name, content) in BondFiles.OfMember(member))
                _files[$"{own}/bonding_slave/{name}"] = content;
        }
    }
}
