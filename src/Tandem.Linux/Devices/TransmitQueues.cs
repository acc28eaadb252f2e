using System.Globalization;
using System.Text;
using Tandem.Linux.Netlink;

namespace Tandem.Linux.Devices;

/// <summary>
/// Which transmit queue of a device frames get that nobody chose one for. The kernel spreads flows over all of them; a bond's frames are to
/// be in the first one, as with the driver, so that the number of another one is somebody's choice (queue_id).
/// </summary>
internal static class TransmitQueues
{
    /// <summary>
    /// Ties all processors to a device's first queue. Where /sys is read-only or shows another network namespace, or the kernel has no
    /// such setting (CONFIG_XPS), it is left as it is, and says false.
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

    /// <summary>Whether somebody tied the queues of a device to processors; false too where that cannot be seen.</summary>
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

    // By name it might be an interface of another namespace.
    private static bool IsSeen(LinkInfo link) => File.ReadAllText($"{FolderOf(link)}/address").Trim() == link.Address.ToString();

    /// <summary>All processors as the kernel writes sets of them, 32 in a group, from the text of their list: <c>0-3</c>.</summary>
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
