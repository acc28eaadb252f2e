using System.Net;

namespace Tandem.Linux.Stack;

/// <summary>What to read from the IP stack.</summary>
/// <param name="Ifindex">The bond's device.</param>
/// <param name="Netnsid">The ID of the device's network namespace; null for this one.</param>
/// <param name="Targets">The addresses whose routes are needed.</param>
internal sealed record StackQuestion(int Ifindex, int? Netnsid, IReadOnlyList<IPAddress> Targets);
