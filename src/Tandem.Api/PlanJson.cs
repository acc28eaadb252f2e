using System.Collections.Immutable;
using Tandem.Core;
using Tandem.Core.Forwarding;
using Tandem.Core.Hashing;
using Tandem.Core.Options;

namespace Tandem.Api;

/// <summary>Converts forwarding plans to messages, and back to plans that pick the same members.</summary>
public static class PlanJson
{
    // The rules' names, indexed by number.
    private static readonly ImmutableArray<string> Rules = ["none", "one", "round-robin", "hash", "broadcast", "buckets"];

    /// <summary>Converts the transmit part of a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="nameOf">Returns the name of the member in a slot.</param>
    public static PlanResource Describe(ForwardingPlan plan, Func<int, string> nameOf)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return new PlanResource
        {
            Generation = plan.Generation,
            Rule = Rules[(int)plan.Rule],
            Policy = BondOptions.Known.HashPolicy.Choices[(int)plan.Policy],
            PacketsPerMember = plan.PacketsPerMember,
            Transmit = [.. plan.Transmit.Select(slot => nameOf(slot))],
            Standby = [.. plan.Standby.Select(slot => nameOf(slot))],
            GroupMember = plan.GroupSlot >= 0 ? nameOf(plan.GroupSlot) : null,
            Queues = [.. plan.Queues.Select(queue => new PlanQueueResource(queue.Queue, nameOf(queue.Slot)))],
            Balancing = plan.Balancing is { } rule ? Describe(rule) : null,
        };
    }

    /// <summary>Converts a message to a plan. Its slots are indexes into the returned names.</summary>
    /// <returns>The plan, and the names of its members by slot.</returns>
    /// <exception cref="TandemException">The message is not a valid plan for this version.</exception>
    public static (ForwardingPlan Plan, IReadOnlyList<string> Names) Read(PlanResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        var tied = resource.Queues.Select(queue => queue.Member);
        var names = resource
            .Transmit.Concat(resource.Standby)
            .Concat(tied)
            .Concat(resource.GroupMember is { } group ? [group] : [])
            .Distinct(StringComparer.Ordinal);
        var slots = names.ToList();
        var plan = new ForwardingPlan
        {
            Generation = resource.Generation,
            Rule = (TransmitRule)IndexOf(Rules, resource.Rule),
            Policy = (HashPolicy)IndexOf(BondOptions.Known.HashPolicy.Choices, resource.Policy),
            PacketsPerMember = resource.PacketsPerMember,
            Transmit = [.. resource.Transmit.Select(name => (byte)slots.IndexOf(name))],
            Standby = [.. resource.Standby.Select(name => (byte)slots.IndexOf(name))],
            GroupSlot = resource.GroupMember is { } one ? slots.IndexOf(one) : -1,
            Queues = [.. resource.Queues.Select(queue => new QueueSlot((ushort)queue.Queue, (byte)slots.IndexOf(queue.Member)))],
            Balancing = resource.Balancing is { } balancing ? Read(balancing, resource.Transmit.Count) : null,
        };
        return plan.Rule == TransmitRule.Buckets == plan.Balancing is not null ? (plan, slots) : throw Unreadable(resource.Rule);
    }

    private static PlanBucketsResource Describe(BucketRule rule) =>
        new()
        {
            Address = rule.Address.ToString(),
            Active = rule.Active,
            Sources = [.. rule.Sources.Select(source => source.ToString())],
            Buckets = [.. rule.Buckets.Select(place => (int)place)],
            Peers = [.. rule.Peers.Select(place => (int)place)],
        };

    private static BucketRule Read(PlanBucketsResource resource, int places)
    {
        ImmutableArray<byte> Table(IReadOnlyList<int> table) =>
            table.Count is 0 or BucketRule.Size ? [.. table.Select(Place)] : throw Unreadable("a table");
        byte Place(int place) => place >= 0 && place < places ? (byte)place : throw Unreadable("a place");

        return new BucketRule
        {
            Address = Address(resource.Address),
            Active = Place(resource.Active),
            Sources = resource.Sources.Count == places ? [.. resource.Sources.Select(Address)] : throw Unreadable("sources"),
            Buckets = Table(resource.Buckets),
            Peers = Table(resource.Peers),
        };
    }

    private static MacAddress Address(string text) => MacAddress.TryParse(text, out var address) ? address : throw Unreadable(text);

    private static int IndexOf(ImmutableArray<string> words, string word) =>
        words.IndexOf(word) is var index and >= 0 ? index : throw Unreadable(word);

    private static TandemException Unreadable(string what) => new("internal", $"the service's plan cannot be read at {what}");
}
