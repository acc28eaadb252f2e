namespace Tandem.EndToEnd.Tests;

/// <summary>Frames sent and seen as they are.</summary>
internal static class Wire
{
    /// <summary>A broadcast with VLAN tag 7, priority 5, EtherType 0x88b5 (for experiments).</summary>
    public const string Tagged =
        "ffffffffffff0200000000998100a00788b5" + "7878787878787878787878787878787878787878787878787878787878787878787878787878787878787878";

    /// <summary>Sends a frame on one host's bond0 until it is seen on the other's; returns tcpdump's line.</summary>
    public static string Pass(Host from, Host to, string frame)
    {
        var capture = to.Start("tcpdump", "-i", "bond0", "-e", "-n", "-l", "-c1", "ether src 02:00:00:00:00:99");
        // tcpdump reports on standard error that it listens.
        Shell.Until(() => capture.StandardError.ReadLine()?.Contains("listening", StringComparison.Ordinal) == true, "tcpdump listens");
        Shell.Until(
            () =>
            {
                Send(from, "bond0", frame);
                return capture.WaitForExit(TimeSpan.FromMilliseconds(300));
            },
            "the frame arrives"
        );
        return capture.StandardOutput.ReadToEnd();
    }

    /// <summary>Sends a frame on an interface.</summary>
    public static void Send(Host host, string device, string frame) =>
        host.Must("bash", "-c", $"printf '%b' '{Escape(frame)}' | socat -u STDIN INTERFACE:{device}");

    private static string Escape(string hex) => string.Concat(Convert.FromHexString(hex).Select(octet => $"\\x{octet:x2}"));
}
