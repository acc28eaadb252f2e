namespace Tandem.Linux.Interfaces;

/// <summary>
/// IPv6 settings of interfaces in /proc/sys, in the network namespace of the thread that opens the file. Containers often have /proc/sys
/// read-only, so callers must expect failures.
/// </summary>
internal static class Sysctl
{
    private const string DisableIpv6 = "disable_ipv6";

    /// <summary>The value of disable_ipv6; null without IPv6.</summary>
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

    /// <summary>Sets disable_ipv6; returns the error as text, or null.</summary>
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
