using Tandem.Core;
using Tandem.Core.Lacp;

namespace Tandem.Linux.Paths.Sockets;

/// <summary>
/// The last LACPDU of a member that carries traffic, to be said again by the receiving thread when the next one is overdue. The brain's
/// thread may be held up for longer than a partner is patient: by a request that loads programs, or by the kernel, which lets one
/// process at a time read or change interfaces (RTNL). Only for as long as the partner is heard: a link that is deaf is to expire.
/// </summary>
internal sealed class KeptLacpdu
{
    // Should the brain's thread already be late when it keeps one.
    private const long LeastInterval = Clock.Second;

    // Where an LACPDU has the state of its sender (802.1AX, 6.4.2.3), which says for how long that one waits for the other.
    private const int ActorState = 32;
    private const long ShortTimeout = 3 * Clock.Second;
    private const long LongTimeout = 90 * Clock.Second;

    private readonly Lock _gate = new();
    private readonly byte[] _frame = new byte[SlowProtocols.FrameLength];
    private long _due = Clock.Never;
    private long _interval;
    private long _heard = long.MinValue / 2;
    private long _keptAt;

    /// <summary>When it is to be said again; <see cref="Clock.Never"/> if not at all.</summary>
    public long Due => Volatile.Read(ref _due);

    /// <summary>Receiving thread: the partner spoke.</summary>
    public void Heard(long now) => _heard = now;

    /// <summary>Keeps an LACPDU that was just sent.</summary>
    public void Keep(ReadOnlySpan<byte> lacpdu, long now, long due)
    {
        lock (_gate)
        {
            lacpdu.CopyTo(_frame);
            _keptAt = now;
            _interval = Math.Max(LeastInterval, due - now);
            Volatile.Write(ref _due, due);
        }
    }

    /// <summary>
    /// Lets nothing be said again until the next is kept. On return the receiving thread is not in the midst of it, so that nothing old
    /// goes out behind what is sent next.
    /// </summary>
    public void Forget()
    {
        lock (_gate)
            Volatile.Write(ref _due, Clock.Never);
    }

    /// <summary>Receiving thread: says it again if it is due.</summary>
    public void SendIfDue(MemberSockets member, long now)
    {
        if (now < Due)
            return;
        lock (_gate)
        {
            if (now < _due)
                return;
            Volatile.Write(ref _due, now + _interval);
            var timeout = ((LacpState)_frame[ActorState]).Has(LacpState.ShortTimeout) ? ShortTimeout : LongTimeout;
            if (now - Math.Max(_heard, _keptAt) > timeout)
                return;
            // One that the device does not take is followed by another.
            _ = member.Send(_frame);
        }
    }
}
