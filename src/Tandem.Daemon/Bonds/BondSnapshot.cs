using Tandem.Api;
using Tandem.Core.Forwarding;
using Tandem.Linux.Interfaces;

namespace Tandem.Daemon.Bonds;

/// <summary>A bond at one moment. Immutable, thread-safe.</summary>
/// <param name="Outlook">Its interfaces.</param>
/// <param name="Resource">The bond in the form of the API.</param>
/// <param name="Plan">Its forwarding plan.</param>
/// <param name="Spec">The spec that creates this bond.</param>
internal sealed record BondSnapshot(Outlook Outlook, BondResource Resource, ForwardingPlan Plan, BondSpec Spec)
{
    /// <summary>The plan in the form of the API.</summary>
    public PlanResource PlanResource => PlanJson.Describe(Plan, slot => Resource.Members.First(member => member.Slot == slot).Name);
}
