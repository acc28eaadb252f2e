using Tandem.Core.Options;

namespace Tandem.Core.Monitoring;

/// <summary>
/// Keeps a flapping link out of use. A link lost more than flap_limit times within flap_window must stay up for flap_hold before it is
/// used again. Each further loss doubles the hold, up to flap_hold_max. A window without a loss ends the damping.
/// </summary>
public sealed class LinkDamping
{
    // Times of losses within the window, oldest first; at most one more than the limit.
    private readonly Queue<long> _losses = new();
    private long _hold;
    private long _calmAt = long.MinValue;

    internal LinkDamping() { }

    /// <summary>Whether the link was damped at its last loss.</summary>
    public bool IsHeld => _hold > 0;

    /// <summary>Number of losses in a row, each within a window of the one before.</summary>
    public int Losses { get; private set; }

    /// <summary>Records a loss of the link.</summary>
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
        // The window without a loss starts when the hold ends, since a hold may be longer than a window.
        _calmAt += _hold;
    }

    /// <summary>Ends the damping.</summary>
    internal void Forget()
    {
        _losses.Clear();
        (_hold, Losses) = (0, 0);
    }

    /// <summary>How long a link that comes back now must stay up before it is used, in ns; 0 if it is not damped.</summary>
    internal long Hold(BondOptions options, long now) => options.FlapLimit > 0 && now < _calmAt ? _hold : 0;
}
