namespace Tandem.Cli.Shim;

/// <summary>
/// Selectors of <c>ip link show</c> and <c>ip addr show</c> that concern bonds. The kernel knows neither the kind nor the master of Tandem's devices,
/// so <c>ip</c> is run without these selectors.
/// </summary>
internal sealed class LinkFilter
{
    // Words whose value may be any text.
    private static readonly string[] WithValue = ["dev", "group", "vrf", "scope", "label", "to"];

    private string? _kind;
    private string? _master;
    private bool _isWithoutMaster;

    /// <summary>The words that are left for <c>ip</c>.</summary>
    public List<string> Words { get; } = [];

    /// <summary>Whether the words for <c>ip</c> select more than those given.</summary>
    public bool IsWider { get; private set; }

    /// <summary>Reads the words after the object.</summary>
    public static LinkFilter Read(IReadOnlyList<string> words, KnownDevices devices)
    {
        var filter = new LinkFilter();
        for (var i = 0; i < words.Count; i++)
        {
            var value = i + 1 < words.Count ? words[i + 1] : null;
            if (value is not null && WithValue.Contains(words[i], StringComparer.Ordinal))
                filter.Words.AddRange(words[i++], value);
            else if (words[i] == "type" && value is not null)
            {
                filter._kind = value;
                filter.Leave(words[i++], value, isOurs: value is "bond" or "bond_slave");
            }
            else if (words[i] == "master" && value is not null)
            {
                var isOurs = devices.Find(value)?.Bond is not null;
                filter._master = isOurs ? value : filter._master;
                filter.Leave(words[i++], value, isOurs);
            }
            else
            {
                filter._isWithoutMaster |= words[i] == "nomaster";
                filter.Words.Add(words[i]);
            }
        }
        return filter;
    }

    /// <summary>Whether a device is to be shown. Null: one of the kernel's own.</summary>
    public bool Shows(KnownDevice? device)
    {
        if (device is null)
            return !IsWider;
        return _kind switch
            {
                null => true,
                "bond" => device.Bond is not null,
                "bond_slave" => device.Member is not null,
                _ => device.Bond is null,
            }
            && (_master is null || device.Master == _master)
            && !(_isWithoutMaster && device.Member is not null);
    }

    private void Leave(string word, string value, bool isOurs)
    {
        IsWider |= isOurs;
        if (!isOurs)
            Words.AddRange(word, value);
    }
}
