using Tandem.Core.Pacing;

namespace Tandem.Core;

// The carrier of the bond's own device. It is taken away at once, always. Where a partner says whether members carry traffic (802.3ad) it does
// not rise with each word of one that flaps: routes, daemons and logs follow it.
public sealed partial class Bond
{
    private FlapDamping _carrierFalls = new();
    private EventBudget _carrierEvents;
    private bool _wantsCarrier;
    private bool _toldCarrier;
    private int _untoldChanges;

    /// <summary>The members give the bond carrier, but it fell too often just now: it rises once that has ended.</summary>
    internal bool IsCarrierHeldBack => _wantsCarrier && !HasCarrier;

    private long NextCarrierDeadline =>
        Math.Min(
            IsCarrierHeldBack ? _carrierFalls.CalmAt : Clock.Never,
            HasCarrier != _toldCarrier && !IsRestoring ? _carrierEvents.OpensAt : Clock.Never
        );

    private void SettleCarrier(long now)
    {
        var wanted = Mode.HasCarrier;
        if (_wantsCarrier && !wanted && Mode.DampsCarrier && _carrierFalls.Note(now) && _carrierEvents.Take(now))
            Report(
                now,
                EventKind.Notice,
                null,
                "the carrier fell three times within a second: it rises again once it has not been lost for a second"
            );
        _wantsCarrier = wanted;
        var carrier = wanted && (HasCarrier || !Mode.DampsCarrier || now >= _carrierFalls.CalmAt);
        if (carrier != HasCarrier)
        {
            HasCarrier = carrier;
            _untoldChanges++;
            Host.SetCarrier(carrier);
        }
        TellCarrier(now);
    }

    // What is not told for want of a budget is told later, if it still holds then: who listens is right in the end.
    private void TellCarrier(long now)
    {
        if (HasCarrier == _toldCarrier || (Mode.DampsCarrier && !_carrierEvents.Take(now)))
            return;
        var up = _members.Count(member => member.State == LinkState.Up);
        var missed = _untoldChanges > 1 ? $"; it changed {_untoldChanges} times since this was last reported" : "";
        Report(
            now,
            HasCarrier ? EventKind.CarrierUp : EventKind.CarrierDown,
            null,
            $"{up} of {_members.Count} members have a link{MinLinksNote(up)}{missed}"
        );
        (_toldCarrier, _untoldChanges) = (HasCarrier, 0);
    }

    private string MinLinksNote(int up) => up > 0 && up < Options.MinLinks ? $", min_links asks for {Options.MinLinks}" : "";
}
