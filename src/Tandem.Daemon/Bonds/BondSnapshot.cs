using Tandem.Api;
using Tandem.Core.Forwarding;
using Tandem.Linux.Interfaces;

namespace Tandem.Daemon.Bonds;

/// <summary>What a bond was like at one moment. Immutable: any thread may read it.</summary>
/// <param name="Outlook">Its interfaces.</param>
/// <param name="Resource">The bond as clients see it.</param>
/// <param name="Plan">What its data path does with frames of the host.</param>
/// <param name="Spec">What would make a bond of this one.</param>
internal sealed record BondSnapshot(Outlook Outlook, BondResource Resource, ForwardingPlan Plan, BondSpec Spec)
{
    /// <summary>The plan as clients see it.</summary>
    public PlanResource PlanResource => PlanJson.Describe(Plan, slot => Resource.Members.First(member => member.Slot == slot).Name);
}
