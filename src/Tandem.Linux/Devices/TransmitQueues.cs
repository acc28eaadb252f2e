using System.Globalization;
using System.Text;
using Tandem.Linux.Netlink;

namespace Tandem.Linux.Devices;

/// <summary>
/// Puts frames without a chosen transmit queue into a device's first queue, as with the driver, so that another queue is always an
/// explicit choice (queue_id). By default the kernel spreads flows over all queues.
/// </summary>
internal static class TransmitQueues
{
    /// <summary>
    /// Ties all processors to the first queue (XPS). False if /sys is read-only or shows another network namespace, or the kernel lacks
    /// CONFIG_XPS.
    /// </summary>
    public static bool UseFirst(LinkInfo link)
    {
        try
        {
            if (!IsSeen(link))
                return false;
            File.WriteAllText(FirstOf(link), Mask(File.ReadAllText("/sys/devices/system/cpu/possible")));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Whether the device's queues are tied to processors; false if unknown.</summary>
    public static bool AreTied(LinkInfo link)
    {
        try
        {
            return IsSeen(link) && File.ReadAllText(FirstOf(link)).AsSpan().Trim("0,\n").Length > 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string FolderOf(LinkInfo link) => $"/sys/class/net/{link.Name}";

    private static string FirstOf(LinkInfo link) => $"{FolderOf(link)}/queues/tx-0/xps_cpus";

    // The name in /sys might be that of an interface in another namespace.
    private static bool IsSeen(LinkInfo link) => File.ReadAllText($"{FolderOf(link)}/address").Trim() == link.Address.ToString();

    /// <summary>The mask of all processors in the kernel's format, 32 per group, from a list such as <c>0-3</c>.</summary>
    internal static string Mask(string possible)
    {
        var last = int.Parse(
            possible.AsSpan().Trim()[(possible.AsSpan().Trim().LastIndexOfAny('-', ',') + 1)..],
            CultureInfo.InvariantCulture
        );
        var mask = new StringBuilder();
        for (var group = last / 32; group >= 0; group--)
        {
            var bits = group == last / 32 ? uint.MaxValue >> (31 - (last % 32)) : uint.MaxValue;
            mask.Append(CultureInfo.InvariantCulture, $"{bits:x8}").Append(group > 0 ? "," : "");
        }
        return mask.ToString();
    }
}
