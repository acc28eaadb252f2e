namespace Tandem.Linux.Doctor.Checks;

/// <summary>systemd on this machine.</summary>
/// <param name="IsRunning">Whether systemd runs this machine (/run/systemd/system).</param>
/// <param name="StartedThis">Whether it started this process as a service of type notify ($NOTIFY_SOCKET).</param>
/// <param name="StoreSize">Size of the file descriptor store ($FDSTORE, since systemd 254); 0 if not given.</param>
internal sealed record Systemd(bool IsRunning, bool StartedThis, int StoreSize);

/// <summary>Whether systemd restarts the service and keeps its TAP devices open.</summary>
internal static class SystemdCheck
{
    private const string Cost = "a killed service stays down until someone starts it; a TAP device loses its carrier meanwhile";

    public static Check ServiceManager { get; } =
        Check.Of(
            "systemd",
            "restarting the service, and holding a TAP device open meanwhile",
            Need.None,
            machine => machine.Systemd,
            Judge
        );

    private static Verdict Judge(Systemd systemd, Machine machine)
    {
        if (systemd is { StartedThis: true, StoreSize: > 0 })
            return Verdict.Ok($"started this service, and keeps up to {systemd.StoreSize} file descriptors for it");
        if (systemd.StartedThis)
            return Verdict.Limited(
                "started this service, but reports no file descriptor store",
                Cost,
                "set FileDescriptorStoreMax= in the unit; systemd before 254 does not report it"
            );
        return systemd.IsRunning
            ? Verdict.Limited(
                "runs this machine, but did not start this process",
                Cost,
                "run tandemd as its service: systemctl enable --now tandemd"
            )
            : Verdict.Missing("does not run this machine", Cost, "configure what starts tandemd to restart it when it ends");
    }
}
