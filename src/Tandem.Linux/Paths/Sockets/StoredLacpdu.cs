using Tandem.Core;
using Tandem.Core.Lacp;
using Tandem.Core.Packets;

namespace Tandem.Linux.Paths.Sockets;

/// <summary>
/// The last LACPDU sent on a member that carries traffic. The receiving thread repeats it when the next one is overdue: a request that
/// loads programs, or the kernel's RTNL lock, can hold up the brain's thread for longer than the partner's timeout. Repeated only while
/// the partner is heard: a link without reception must expire.
/// </summary>
internal sealed class StoredLacpdu
{
    // For the case that the brain's thread is already late when it stores an LACPDU.
    private const long LeastInterval = Clock.Second;

    // Offset of the actor state in an LACPDU (802.1AX-2020, 6.4.2.3). Its timeout bit says how long the sender waits for the partner.
    private const int ActorState = 32;
    private const long ShortTimeout = 3 * Clock.Second;
    private const long LongTimeout = 90 * Clock.Second;

    private readonly Lock _gate = new();
    private readonly byte[] _frame = new byte[SlowProtocols.FrameLength];
    private long _due = Clock.Never;
    private long _interval;
    private long _heard = long.MinValue / 2;
    private long _storedAt;

    /// <summary>When to repeat the LACPDU, monotonic ns; <see cref="Clock.Never"/> if not at all.</summary>
    public long Due => Volatile.Read(ref _due);

    /// <summary>Receiving thread: the partner sent an LACPDU.</summary>
    public void Heard(long now) => _heard = now;

    /// <summary>Stores an LACPDU that was just sent.</summary>
    public void Store(ReadOnlySpan<byte> lacpdu, long now, long due)
    {
        lock (_gate)
        {
            lacpdu.CopyTo(_frame);
            _storedAt = now;
            _interval = Math.Max(LeastInterval, due - now);
            Volatile.Write(ref _due, due);
        }
    }

    /// <summary>
    /// Stops repeating until the next LACPDU is stored. On return the receiving thread is not sending, so that no old LACPDU follows the
    /// next one sent.
    /// </summary>
    public void Forget()
    {
        lock (_gate)
            Volatile.Write(ref _due, Clock.Never);
    }

    /// <summary>Receiving thread: repeats the LACPDU if due.</summary>
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
            if (now - Math.Max(_heard, _storedAt) > timeout)
                return;
            // If the device refuses it, another one follows.
            _ = member.Send(_frame);
        }
    }
}
