namespace Tandem.Linux.Doctor.Checks;

/// <summary>What systemd has to do with this process.</summary>
/// <param name="IsRunning">Whether systemd runs this machine (/run/systemd/system).</param>
/// <param name="StartedThis">Whether it started this process as a service that tells how far it is ($NOTIFY_SOCKET).</param>
/// <param name="StoreSize">How many descriptors it keeps for it ($FDSTORE, since systemd 254); 0 if it does not say.</param>
internal sealed record Systemd(bool IsRunning, bool StartedThis, int StoreSize);

/// <summary>Whether somebody holds bond0 when the service is killed.</summary>
internal static class SystemdCheck
{
    private const string Cost = "a service that is killed stays away until somebody starts it; a TAP device loses its carrier meanwhile";

    public static Check ServiceManager { get; } =
        Check.Of("systemd", "starting the service again, and holding a TAP device meanwhile", Need.None, machine => machine.Systemd, Judge);

    private static Verdict Judge(Systemd systemd, Machine machine)
    {
        if (systemd is { StartedThis: true, StoreSize: > 0 })
            return Verdict.Ok($"started this service, and keeps up to {systemd.StoreSize} file descriptors for it");
        if (systemd.StartedThis)
            return Verdict.Limited(
                "started this service, and says nothing of a file descriptor store",
                Cost,
                "set FileDescriptorStoreMax= in the unit; systemd before 254 does not tell"
            );
        return systemd.IsRunning
            ? Verdict.Limited(
                "runs this machine, and did not start this process",
                Cost,
                "run tandemd as its service: systemctl enable --now tandemd"
            )
            : Verdict.Missing("does not run this machine", Cost, "have whatever starts tandemd start it again when it ends");
    }
}
