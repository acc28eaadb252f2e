using System.Net;

namespace Tandem.Linux.Stack;

/// <summary>What is asked about the stack.</summary>
/// <param name="Ifindex">The bond's device.</param>
/// <param name="Netnsid">The id of the network namespace where it is; null for this one.</param>
/// <param name="Targets">The addresses to which the ways are wanted.</param>
internal sealed record StackQuestion(int Ifindex, int? Netnsid, IReadOnlyList<IPAddress> Targets);
