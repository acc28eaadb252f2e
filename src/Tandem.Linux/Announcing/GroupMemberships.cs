using System.Globalization;

namespace Tandem.Linux.Announcing;

/// <summary>
/// The multicast groups that interfaces have joined, from /proc/net/igmp and /proc/net/igmp6 of the calling thread's network
/// namespace. (rtnetlink dumps IPv4 groups only from kernel 6.15 on.)
/// </summary>
internal static class GroupMemberships
{
    /// <summary>The IPv4 groups of an interface, one address behind the other, without 224.0.0.1, which nobody reports.</summary>
    public static byte[] ReadIp4(string name) => ParseIgmp(ReadLines("igmp"), name);

    /// <summary>The IPv6 groups of an interface, without ff02::1 and what does not leave the interface.</summary>
    public static byte[] ReadIp6(string name) => ParseIgmp6(ReadLines("igmp6"), name);

    /// <summary>Reads the text of igmp: a line for each interface, and below it an indented one for each group.</summary>
    internal static byte[] ParseIgmp(IEnumerable<string> lines, string name)
    {
        var groups = new List<byte>();
        var isOurs = false;
        foreach (var line in lines)
        {
            var fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length < 2)
                continue;
            if (!char.IsWhiteSpace(line[0]))
            {
                isOurs = fields[1].TrimEnd(':') == name;
                continue;
            }
            // The address as a number in the machine's byte order.
            if (!isOurs || !uint.TryParse(fields[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var group))
                continue;
            var address = BitConverter.GetBytes(group);
            if (!address.AsSpan().SequenceEqual<byte>([224, 0, 0, 1]))
                groups.AddRange(address);
        }
        return [.. groups];
    }

    /// <summary>Reads the text of igmp6: a line for each group: number, interface, address and so on.</summary>
    internal static byte[] ParseIgmp6(IEnumerable<string> lines, string name)
    {
        var groups = new List<byte>();
        foreach (var line in lines)
        {
            var fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length < 3 || fields[1] != name || fields[2].Length != 32)
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
            // RFC 3810, section 6: no reports for all nodes, nor for the scopes 0 (reserved) and 1 (this interface).
            var isAllNodes = address.AsSpan().SequenceEqual<byte>([0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
            if ((address[1] & 0x0f) > 1 && !isAllNodes)
                groups.AddRange(address);
        }
        return [.. groups];
    }

    private static string[] ReadLines(string file)
    {
        try
        {
            return File.ReadAllLines($"/proc/thread-self/net/{file}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No IPv6, or no /proc: there is nothing to announce.
            return [];
        }
    }
}
