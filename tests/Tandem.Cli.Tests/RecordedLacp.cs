using System.Globalization;
using Tandem.Api;

namespace Tandem.Cli.Tests;

/// <summary>LACP state in a recorded state of the driver, as the service would report it: the driver has it only in its status file.</summary>
internal static class RecordedLacp
{
    /// <summary>The bond's part of a status; null if it is not of mode 802.3ad.</summary>
    public static LacpResource? OfBond(string status) =>
        Find(status, "System priority") is { } priority
            ? new LacpResource { System = new LacpSystemResource(Number(priority), Find(status, "System MAC address")!) }
            : null;

    /// <summary>A member's block of a status; null if it is not of mode 802.3ad.</summary>
    public static LacpMemberResource? OfMember(string block)
    {
        var parts = block.Split("\n\n")[0].Split("details ");
        if (parts.Length != 3)
            return null;
        return new LacpMemberResource
        {
            Aggregator = Number(Find(block, "Aggregator ID")!),
            Actor = End(parts[1], "port key", block, "Actor"),
            Partner = End(parts[2], "oper key", block, "Partner"),
            Receive = new LacpMachineResource("current", default),
            Mux = new LacpMachineResource("distributing", default),
            Selection = "selected",
            Periodic = "each second",
            Drain = "off",
            Counters = new Dictionary<string, ulong>(StringComparer.Ordinal),
            Transitions = [],
        };
    }

    private static LacpEndResource End(string part, string key, string block, string which) =>
        new()
        {
            System = new LacpSystemResource(Number(Find(part, "system priority")!), Find(part, "system mac address")!),
            Key = Number(Find(part, key)!),
            PortPriority = Number(Find(part, "port priority")!),
            Port = Number(Find(part, "port number")!),
            State = Number(Find(part, "port state")!),
            Activity = "active",
            Timeout = "short",
            Aggregation = "aggregatable",
            Synchronization = "in sync",
            Churn = Find(block, $"{which} Churn State")!,
            ChurnCount = (ulong)Number(Find(block, $"{which} Churned Count")!),
        };

    private static string? Find(string text, string label) =>
        text.Split('\n').Select(line => line.Trim().Split(": ")).FirstOrDefault(words => words[0] == label)?[1];

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
