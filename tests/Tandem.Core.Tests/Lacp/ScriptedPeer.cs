using Tandem.Core.Lacp;
using Tandem.Core.Packets;

namespace Tandem.Core.Tests.Lacp;

/// <summary>The other end of one port: builds any LACPDU.</summary>
internal sealed class ScriptedPeer(LacpBench bench, int port)
{
    public static readonly SystemId Switch = new(0x1000, new MacAddress(0x0200_5e20_0001));

    public SystemId System { get; set; } = Switch;

    public ushort Key { get; set; } = 1001;

    public ushort PortPriority { get; set; } = 0x80;

    public ushort Number { get; set; } = (ushort)(0x101 + port);

    public bool IsSilent { get; set; }

    public byte Asks { get; set; } = 0x07;

    /// <summary>The last actor information that A sent on this port; zeros before.</summary>
    public PortInfo Ok => bench.Announced.GetValueOrDefault(port);

    public static PortInfo Zero => default;

    public PortInfo Info(byte state) => new(System, Key, PortPriority, Number, (LacpState)state);

    public byte[] Frame(byte state, PortInfo? view = null)
    {
        var frame = new byte[SlowProtocols.FrameLength];
        Lacpdu.Write(frame, new MacAddress(0x0200_5e20_0101 + (ulong)port), Info(state), view ?? Ok);
        return frame;
    }

    /// <summary>Sends an LACPDU now.</summary>
    public void Send(byte state, PortInfo? view = null) => bench.Deliver(port, Frame(state, view));

    /// <summary>Sends one LACPDU.</summary>
    public void SendAt(double time, byte state, PortInfo? view = null) => bench.At(time, () => Send(state, view));

    /// <summary>Sends the same LACPDU at an interval in seconds, from a time up to another.</summary>
    public void Every(double interval, double from, double to, byte state)
    {
        for (var time = from; time <= to + 1e-9; time += interval)
            SendAt(Math.Round(time, 6), state);
    }

    /// <summary>
    /// Behaves like a switch from now on, each second unless it is silent: as far in sync as what A says allows.
    /// </summary>
    public void Follow()
    {
        Respond();
        bench.At(bench.Time + 1, Follow);
    }

    /// <summary>Sends the answer of a switch to the last LACPDU of A.</summary>
    public void Respond()
    {
        if (IsSilent)
            return;
        var theirs = Ok.State;
        var state = (byte)(Asks | 0x08);
        if (theirs.Has(LacpState.Synchronization))
            state |= 0x30;
        Send(state);
    }
}
