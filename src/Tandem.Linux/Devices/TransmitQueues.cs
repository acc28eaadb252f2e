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
        var folder = $"/sys/class/net/{link.Name}";
        try
        {
            // By name it might be an interface of another namespace.
            if (File.ReadAllText($"{folder}/address").Trim() != link.Address.ToString())
                return false;
            File.WriteAllText($"{folder}/queues/tx-0/xps_cpus", Mask(File.ReadAllText("/sys/devices/system/cpu/possible")));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>All processors as the kernel writes sets of them, 32 in a group, from the text of their list: <c>0-3</c>.</summary>
    internal static string Mask(string possible)
    {
        var last = int.Parse(possible.AsSpan().Trim()[(possible.AsSpan().Trim().LastIndexOfAny('-', ',') + 1)..], CultureInfo.InvariantCulture);
        var mask = new StringBuilder();
        for (var group = last / 32; group >= 0; group--)
        {
            var bits = group == last / 32 ? uint.MaxValue >> (31 - (last % 32)) : uint.MaxValue;
            mask.Append(CultureInfo.InvariantCulture, $"{bits:x8}").Append(group > 0 ? "," : "");
        }
        return mask.ToString();
    }
}
