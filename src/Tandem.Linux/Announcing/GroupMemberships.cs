using System.Globalization;

namespace Tandem.Linux.Announcing;

/// <summary>
/// Multicast groups that interfaces have joined, from the files igmp and igmp6 of a network namespace. (rtnetlink dumps IPv4 groups only
/// since Linux 6.15.)
/// </summary>
internal sealed class GroupMemberships
{
    /// <summary>The folder of the calling thread's network namespace.</summary>
    public const string Here = "/proc/thread-self/net";

    private readonly Dictionary<string, List<byte>> _ip4;
    private readonly Dictionary<string, List<byte>> _ip6;

    private GroupMemberships(IEnumerable<string> igmp, IEnumerable<string> igmp6) => (_ip4, _ip6) = (ParseIgmp(igmp), ParseIgmp6(igmp6));

    /// <summary>Reads the files in a folder such as <see cref="Here"/>.</summary>
    public static GroupMemberships Read(string folder) => new(ReadLines(folder, "igmp"), ReadLines(folder, "igmp6"));

    /// <summary>IPv4 groups of an interface, concatenated, without 224.0.0.1, which is never reported.</summary>
    public IReadOnlyList<byte> Ip4(string name) => _ip4.GetValueOrDefault(name) ?? [];

    /// <summary>IPv6 groups of an interface, concatenated, without ff02::1 and groups of interface scope.</summary>
    public IReadOnlyList<byte> Ip6(string name) => _ip6.GetValueOrDefault(name) ?? [];

    /// <summary>Parses igmp: a line for each interface, followed by an indented line for each group.</summary>
    internal static Dictionary<string, List<byte>> ParseIgmp(IEnumerable<string> lines)
    {
        var groups = new Dictionary<string, List<byte>>();
        var name = "";
        foreach (var line in lines)
        {
            var fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length < 2)
                continue;
            if (!char.IsWhiteSpace(line[0]))
            {
                name = fields[1].TrimEnd(':');
                continue;
            }
            // The address is a number in host byte order.
            if (!uint.TryParse(fields[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var group))
                continue;
            var address = BitConverter.GetBytes(group);
            if (!address.AsSpan().SequenceEqual<byte>([224, 0, 0, 1]))
                Add(groups, name, address);
        }
        return groups;
    }

    /// <summary>Parses igmp6: a line for each group, with ifindex, interface, address and so on.</summary>
    internal static Dictionary<string, List<byte>> ParseIgmp6(IEnumerable<string> lines)
    {
        var groups = new Dictionary<string, List<byte>>();
        foreach (var line in lines)
        {
            var fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length < 3 || fields[2].Length != 32)
                continue;
            byte[] address;
            try
            {
                address = Convert.FromHexString(fields[2]);
            }
            catch (FormatException)
            {
                continue;
            }
            // RFC 3810, section 6: no reports for all nodes, nor for the scopes 0 (reserved) and 1 (interface-local).
            var isAllNodes = address.AsSpan().SequenceEqual<byte>([0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
            if ((address[1] & 0x0f) > 1 && !isAllNodes)
                Add(groups, fields[1], address);
        }
        return groups;
    }

    private static void Add(Dictionary<string, List<byte>> groups, string name, byte[] address)
    {
        if (!groups.TryGetValue(name, out var of))
            groups.Add(name, of = []);
        of.AddRange(address);
    }

    private static string[] ReadLines(string folder, string file)
    {
        try
        {
            return File.ReadAllLines(Path.Combine(folder, file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without IPv6 or /proc there is nothing to announce.
            return [];
        }
    }
}
