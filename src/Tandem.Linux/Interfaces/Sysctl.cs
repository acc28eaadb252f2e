namespace Tandem.Linux.Interfaces;

/// <summary>
/// Per-interface IPv6 settings in /proc/sys. Which network namespace's settings are seen there depends on the thread that opens
/// the file. A container often has /proc/sys read-only, so callers take a failure as an answer.
/// </summary>
internal static class Sysctl
{
    private const string DisableIpv6 = "disable_ipv6";

    /// <summary>The value of disable_ipv6; null where IPv6 is not there.</summary>
    public static int? ReadDisableIpv6(string interfaceName)
    {
        try
        {
            return File.ReadAllText(PathOf(interfaceName, DisableIpv6)).AsSpan().Trim() is "0" ? 0 : 1;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Sets disable_ipv6; says what went wrong, or null.</summary>
    public static string? WriteDisableIpv6(string interfaceName, int value)
    {
        try
        {
            File.WriteAllText(PathOf(interfaceName, DisableIpv6), value == 0 ? "0" : "1");
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    private static string PathOf(string interfaceName, string setting) => $"/proc/sys/net/ipv6/conf/{interfaceName}/{setting}";
}
