using System.Text;
using Tandem.Cli.Links;

namespace Tandem.Cli.Shim;

/// <summary>
/// Shows bonds and members in the text of <c>ip</c> as <c>ip</c> shows those of the driver. Lines of other devices stay as they are, and so do colours.
/// </summary>
internal sealed class MergedText
{
    // Flags that follow MASTER and SLAVE.
    private static readonly string[] LaterFlags =
    [
        "DEBUG",
        "DYNAMIC",
        "AUTOMEDIA",
        "PORTSEL",
        "NOTRAILERS",
        "UP",
        "LOWER_UP",
        "DORMANT",
        "ECHO",
        "M-DOWN",
    ];

    // The devices that bonds have.
    private static readonly string[] Kinds = ["netkit", "veth", "tun"];

    private static readonly string[] WordsAfterKinds = [" addrgenmode ", " numtxqueues "];

    private readonly KnownDevices _devices;
    private readonly LinkFilter _filter;
    private readonly string _newLine;

    // The device of the present block.
    private KnownDevice? _device;
    private bool _isShown;
    private bool _hasDetails;
    private bool _hasMemberLine;

    private MergedText(KnownDevices devices, LinkFilter filter, bool isOneLine)
    {
        (_devices, _filter, _newLine) = (devices, filter, isOneLine ? "\\" : "\n");
        // Lines before the first device are no device's.
        _isShown = true;
    }

    /// <summary>Edits the output of <c>ip</c>.</summary>
    /// <param name="output">The output.</param>
    /// <param name="devices">The bonds and members.</param>
    /// <param name="filter">The devices to be shown.</param>
    /// <param name="isOneLine">Whether it is that of <c>ip -oneline</c>.</param>
    public static string Edit(string output, KnownDevices devices, LinkFilter filter, bool isOneLine)
    {
        var editor = new MergedText(devices, filter, isOneLine);
        var text = new StringBuilder(output.Length);
        foreach (var line in output.Split('\n'))
        {
            var edited = editor.EditLine(line);
            if (edited is not null)
                text.Append(edited).Append('\n');
        }
        // The last line end is followed by nothing.
        if (text.Length > 0)
            text.Length--;
        return text.ToString();
    }

    /// <summary>Flags with those of a bond or a member, in the order of <c>ip</c>.</summary>
    public static List<string> FlagsOf(KnownDevice device, IEnumerable<string> flags)
    {
        var edited = flags.Where(flag => device.Bond is null || flag != "M-DOWN").ToList();
        foreach (var (isSo, word) in new[] { (device.Bond is not null, "MASTER"), (device.Member is not null, "SLAVE") })
        {
            if (!isSo || edited.Contains(word))
                continue;
            var place = edited.FindIndex(flag => LaterFlags.Contains(flag));
            edited.Insert(place < 0 ? edited.Count : place, word);
        }
        return edited;
    }

    /// <summary>The state of a bond's device without carrier, as of a device that is no end of a pair.</summary>
    public static string StateOf(KnownDevice device, string state) => device.Bond is not null && state == "LOWERLAYERDOWN" ? "DOWN" : state;

    // Null if the line belongs to a device that is not shown.
    private string? EditLine(string line)
    {
        // What follows the last line end.
        if (line.Length == 0)
            return line;
        var parts = _newLine == "\\" ? line.Split('\\') : [line];
        for (var i = 0; i < parts.Length; i++)
            parts[i] = EditPart(parts[i]);
        return _isShown ? string.Join('\\', parts) : null;
    }

    private string EditPart(string part)
    {
        if (ShownLine.TryRead(part, out var head))
            return Begin(head.Value) is { } device ? HeadOf(device, head.Value) : part;
        if (part is not [' ', ..] && ShownLine.TryReadBrief(part, out var brief))
            return Begin(brief.Value) is { } device ? BriefOf(device, brief.Value) : part;
        // Addresses with -oneline: each line names its device.
        if (ShownLine.NameOfAddress(part) is { } name)
        {
            Begin(_devices.Find(name));
            return part;
        }
        return _device is null ? part : DetailOf(_device, part);
    }

    private KnownDevice? Begin(ShownLine line)
    {
        _devices.TryFind(line.Name, line.Ifindex, out var device);
        Begin(device);
        return device;
    }

    private void Begin(KnownDevice? device)
    {
        (_device, _hasDetails, _hasMemberLine) = (device, false, false);
        _isShown = _filter.Shows(device);
    }

    private static string HeadOf(KnownDevice device, ShownLine head)
    {
        var name = device.Bond is null ? head.Name : device.Name;
        var flags = FlagsOf(device, head.Word.Split(',', StringSplitOptions.RemoveEmptyEntries));
        var rest = head.Rest;
        if (device.Bond is not null)
            rest = rest.Replace("state LOWERLAYERDOWN ", "state DOWN ", StringComparison.Ordinal);
        if (device.Master is { } master && rest.IndexOf(" state ", StringComparison.Ordinal) is var at and >= 0)
            rest = rest.Insert(at, $" master {master}");
        return $"{head.Before}{name}{head.Between}<{string.Join(',', flags)}>{rest}";
    }

    private static string BriefOf(KnownDevice device, ShownLine brief)
    {
        var name = device.Bond is null ? brief.Name : device.Name;
        var rest = brief.Rest;
        if (rest.IndexOf('<') is var open and >= 0 && rest.IndexOf('>', open) is var close and > 0)
        {
            var flags = FlagsOf(device, rest[(open + 1)..close].Split(',', StringSplitOptions.RemoveEmptyEntries));
            rest = $"{rest[..open]}<{string.Join(',', flags)}{rest[close..]}";
        }
        return $"{brief.Before}{name, -16} {brief.Between}{StateOf(device, brief.Word), -14} {rest}";
    }

    private string DetailOf(KnownDevice device, string part)
    {
        _hasDetails |= part.Contains(" promiscuity ", StringComparison.Ordinal);
        if (device.Bond is { } bond)
        {
            // The other end of its pair is not the bond's business.
            if (part.StartsWith("    link/", StringComparison.Ordinal))
                part = WithoutWord(WithoutWord(part, "link-netnsid"), "link-netns");
            else if (_hasDetails && Kinds.Any(kind => part.StartsWith($"    {kind} ", StringComparison.Ordinal)))
                part = $"    bond {LinkText.FormatOptions(bond.Options)}{part[AfterKinds(part)..]}";
        }
        if (device.Member is { } member && _hasDetails && !_hasMemberLine && AfterKinds(part) is var at && at < part.Length)
        {
            _hasMemberLine = true;
            part = part.Insert(at, $"{_newLine}    bond_slave {LinkText.FormatMember(member)}");
        }
        return part;
    }

    // Where the attributes begin that follow those of kinds; the end if they are on another line.
    private static int AfterKinds(string part)
    {
        foreach (var word in WordsAfterKinds)
        {
            if (part.IndexOf(word, StringComparison.Ordinal) is var at and >= 0)
                return at + 1;
        }
        return part.Length;
    }

    private static string WithoutWord(string line, string word)
    {
        var at = line.IndexOf($" {word} ", StringComparison.Ordinal);
        if (at < 0)
            return line;
        var end = line.IndexOf(' ', at + word.Length + 2);
        return end < 0 ? line[..at] : line[..at] + line[end..];
    }
}
