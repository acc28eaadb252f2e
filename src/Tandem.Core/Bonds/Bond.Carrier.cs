using Tandem.Core.Pacing;

namespace Tandem.Core.Bonds;

// The carrier of the bond's device. It always falls at once. Where the carrier depends on a partner (802.3ad) its rise is damped: routes,
// daemons and logs follow it, and a flapping partner must not drive them.
public sealed partial class Bond
{
    private FlapDamping _carrierFalls = new();
    private EventBudget _carrierEvents;
    private bool _wantsCarrier;
    private bool _toldCarrier;
    private int _untoldChanges;

    /// <summary>Whether the members give the bond carrier, but it fell too often and rises only after a calm second.</summary>
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

    // A change that exceeds the event budget is reported later if it still holds, so listeners end up with the true state.
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
            $"{up} of {_members.Count} members have a link{Missing(up)}{missed}"
        );
        (_toldCarrier, _untoldChanges) = (HasCarrier, 0);
    }

    private string Missing(int up) =>
        HasCarrier || up == 0 ? ""
        : up < Options.MinLinks ? $", min_links requires {Options.MinLinks}"
        : ", but none of them carries traffic";
}
