using Tandem.Api;
using Tandem.Core;
using Tandem.Core.Bonds;
using Tandem.Linux.Members;
using Tandem.Linux.Netlink;

namespace Tandem.Daemon.Bonds;

/// <summary>Interfaces of the kernel in the terms of the brain and of the API.</summary>
internal static class NetworkExtensions
{
    /// <summary>An interface that is to join, in the terms of the brain.</summary>
    public static Candidate CandidateOf(this INetwork network, LinkInfo link) =>
        new()
        {
            Ifindex = link.Ifindex,
            Name = link.Name,
            Address = link.Address,
            Link = new LinkStatus(link.IsUp, link.Flags.HasFlag(LinkFlags.LowerUp)),
            IsEthernet = link.IsEthernet,
            IsLoopback = link.Flags.HasFlag(LinkFlags.Loopback),
            Master = link.Master is { } master ? network.Find(master)?.Name ?? $"interface {master}" : null,
        };

    /// <summary>Sets an interface administratively up or down. Returns the refusal, or null.</summary>
    public static ErrorMessage? SetUp(this INetwork network, int ifindex, string name, bool up) =>
        network.SetUp(ifindex, up) is { } problem ? Refusals.Device(name, $"cannot be set {(up ? "up" : "down")}: {problem}") : null;

    /// <summary>Sets an interface up again, with what it had before if that is known. Returns the problem, or null.</summary>
    public static ErrorMessage? SetUpAgain(this INetwork network, int ifindex, string name, SavedMember? before) =>
        before is null ? network.SetUp(ifindex, name, true)
        : network.SetUpAgain(before) is { } problem ? Refusals.Device(name, $"is not as it was before: {problem}")
        : null;
}
