using System.Runtime.InteropServices;

namespace Tandem.Core.Lacp;

/// <summary>Lets so many things happen in any second, whenever it begins.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct RateLimit
{
    private readonly long[] _times;
    private int _oldest;

    public RateLimit(int most)
    {
        _times = new long[most];
        Array.Fill(_times, long.MinValue);
    }

    /// <summary>Whether one more is within the limit.</summary>
    public readonly bool HasRoom(long now) => now - Clock.Second >= _times[_oldest];

    /// <summary>Counts one more, within the limit or not.</summary>
    public void Count(long now)
    {
        _times[_oldest] = now;
        _oldest = (_oldest + 1) % _times.Length;
    }

    /// <summary>Counts one more if it is within the limit; says whether it is.</summary>
    public bool Take(long now)
    {
        if (!HasRoom(now))
            return false;
        Count(now);
        return true;
    }
}

/// <summary>Events of one port: a few at once, then one in ten seconds; alarms of one kind once a minute.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct EventBudget
{
    private const int Most = 12;
    private const long Refill = 10 * Clock.Second;
    private const long AlarmInterval = 60 * Clock.Second;

    private long _refilled;
    private int _spent;
    private AlarmTimes _alarms;

    /// <summary>When one more event may be reported; in the past if it may be now.</summary>
    public readonly long OpensAt => _spent < Most ? long.MinValue : _refilled + Refill;

    /// <summary>Whether one more event may be reported.</summary>
    public bool Take(long now)
    {
        var earned = (now - _refilled) / Refill;
        if (earned > 0)
        {
            _spent = (int)Math.Max(0, _spent - earned);
            _refilled = now;
        }
        if (_spent >= Most)
            return false;
        _spent++;
        return true;
    }

    /// <summary>Whether an alarm may be raised now.</summary>
    public bool TakeAlarm(LacpAlarm alarm, long now)
    {
        ref var next = ref _alarms[(int)alarm];
        if (now < next)
            return false;
        next = now + AlarmInterval;
        return true;
    }

    [System.Runtime.CompilerServices.InlineArray(AlarmCount)]
    private struct AlarmTimes
    {
        private long _first;
    }

    private const int AlarmCount = 5;
}

/// <summary>Alarms that a hostile or broken partner could raise without end.</summary>
internal enum LacpAlarm
{
    Loop,
    DuplicateSystem,
    Unseen,
    ForeignPartner,
    Storm,
}

/// <summary>Against floods: beyond 50 LACPDUs in a second only one in 20 ms is taken in, the latest.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct StormGuard
{
    private const int Most = 50;
    private const long Interval = 20 * Clock.Millisecond;

    private RateLimit _limit = new(Most);
    private long _processed;
    private Lacpdu _pending;

    public StormGuard() => PendingDue = Clock.Never;

    /// <summary>When the LACPDU that waits is to be taken in.</summary>
    public long PendingDue { get; private set; }

    /// <summary>Whether an LACPDU is taken in now; if not, it waits in the place of an earlier one.</summary>
    public bool Take(in Lacpdu pdu, long now)
    {
        if (_limit.HasRoom(now) || now - _processed >= Interval)
        {
            Admit(now);
            return true;
        }
        _pending = pdu;
        PendingDue = _processed + Interval;
        return false;
    }

    /// <summary>The LACPDU that waits, if it is due.</summary>
    public bool TakePending(long now, out Lacpdu pdu)
    {
        pdu = _pending;
        if (now < PendingDue)
            return false;
        Admit(now);
        return true;
    }

    private void Admit(long now)
    {
        _limit.Count(now);
        _processed = now;
        PendingDue = Clock.Never;
    }
}
