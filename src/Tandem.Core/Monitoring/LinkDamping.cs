using Tandem.Core.Options;

namespace Tandem.Core.Monitoring;

/// <summary>
/// Keeps a link that flaps out of use: one that was lost more often than flap_limit within flap_window has to hold for flap_hold before it is
/// used again, and twice as long after each further loss, up to flap_hold_max. A window without a loss makes it an ordinary link again.
/// </summary>
public sealed class LinkDamping
{
    // Times of losses within the window, the oldest first: at most one more than the limit.
    private readonly Queue<long> _losses = new();
    private long _hold;
    private long _calmAt = long.MinValue;

    internal LinkDamping() { }

    /// <summary>Whether the link has to hold for longer than the up delay asks, as of its last loss.</summary>
    public bool IsHeld => _hold > 0;

    /// <summary>Losses, none of which was a whole window after the one before it.</summary>
    public int Losses { get; private set; }

    /// <summary>Counts a loss.</summary>
    internal void Lost(BondOptions options, long now)
    {
        if (options.FlapLimit == 0)
            return;
        var window = options.FlapWindow * Clock.Millisecond;
        if (now >= _calmAt)
            Forget();
        Losses++;
        _calmAt = now + window;
        _losses.Enqueue(now);
        while (_losses.Count > options.FlapLimit + 1 || _losses.Peek() <= now - window)
            _losses.Dequeue();
        if (_hold > 0)
            _hold = Math.Min(_hold * 2, Math.Max(options.FlapHold, options.FlapHoldMax) * Clock.Millisecond);
        else if (_losses.Count > options.FlapLimit)
            _hold = options.FlapHold * Clock.Millisecond;
        // The window without a loss begins when the hold ends: a hold may be longer than a window.
        _calmAt += _hold;
    }

    /// <summary>Makes it an ordinary link.</summary>
    internal void Forget()
    {
        _losses.Clear();
        (_hold, Losses) = (0, 0);
    }

    /// <summary>How long a link that comes back now has to hold before it is used, in ns; 0 if it is not damped.</summary>
    internal long Hold(BondOptions options, long now) => options.FlapLimit > 0 && now < _calmAt ? _hold : 0;
}
