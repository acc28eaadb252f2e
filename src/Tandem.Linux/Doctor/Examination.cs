using Tandem.Linux.Doctor.Checks;
using Tandem.Linux.Doctor.Probes;

namespace Tandem.Linux.Doctor;

/// <summary>
/// Examines this machine by harmless trials that leave nothing behind. Works without special rights. Thread-safe; calls run one after the
/// other, each for a second at most.
/// </summary>
public sealed class Examination
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly BoundedProbe<Kernel> _kernel = new(KernelProbe.Look, s_limit);
    private readonly BoundedProbe<Rights> _rights = new(RightsProbe.Look, s_limit);
    private readonly BoundedProbe<Pairs> _pairs = new(PairProbe.Look, s_limit);
    private readonly BoundedProbe<Tap> _tap = new(TapProbe.Look, s_limit);
    private readonly BoundedProbe<PacketSockets> _packetSockets = new(PacketSocketProbe.Look, s_limit);
    private readonly BoundedProbe<Netdev> _netdev = new(NetdevProbe.Look, s_limit);
    private readonly BoundedProbe<Bpf> _bpf = new(BpfProbe.Look, s_limit);
    private readonly BoundedProbe<Hooks> _hooks = new(HookProbe.Look, s_limit);
    private readonly BoundedProbe<Libbpf> _libbpf = new(LibbpfProbe.Look, s_limit);
    private readonly BoundedProbe<BondingDriver> _bonding = new(BondingDriverProbe.Look, s_limit);
    private readonly BoundedProbe<Systemd> _systemd = new(SystemdProbe.Look, s_limit);
    private readonly BoundedProbe<Managers> _managers = new(ManagersProbe.Look, s_limit);
    private readonly BoundedProbe<IpStack> _ipStack = new(IpStackProbe.Look, s_limit);

    /// <summary>Examines the machine.</summary>
    public Diagnosis Examine()
    {
        lock (_gate)
            return Conclusions.Diagnose(Look());
    }

    internal Machine Look()
    {
        // Probes run in parallel, so that several hanging ones cost one time limit.
        _kernel.Start();
        _rights.Start();
        _pairs.Start();
        _tap.Start();
        _packetSockets.Start();
        _netdev.Start();
        _bpf.Start();
        _hooks.Start();
        _libbpf.Start();
        _bonding.Start();
        _systemd.Start();
        _managers.Start();
        _ipStack.Start();
        return new Machine
        {
            Kernel = _kernel.Result(),
            Rights = _rights.Result(),
            Pairs = _pairs.Result(),
            Tap = _tap.Result(),
            PacketSockets = _packetSockets.Result(),
            Netdev = _netdev.Result(),
            Bpf = _bpf.Result(),
            Hooks = _hooks.Result(),
            Libbpf = _libbpf.Result(),
            BondingDriver = _bonding.Result(),
            Systemd = _systemd.Result(),
            Managers = _managers.Result(),
            IpStack = _ipStack.Result(),
        };
    }
}
