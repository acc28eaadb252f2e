using System.Net;
using Tandem.Core.Forwarding;
using Tandem.Core.Options;

namespace Tandem.Core.Bonds;

/// <summary>Result of a request of the brain to its host.</summary>
/// <param name="Problem">What went wrong, as text for the user; null on success.</param>
public readonly record struct HostResult(string? Problem)
{
    /// <summary>Success.</summary>
    public static HostResult Done => default;

    /// <summary>Whether the request succeeded.</summary>
    public bool IsOk => Problem is null;
}

/// <summary>Settings of a member that joins.</summary>
/// <param name="Ifindex">The interface's ifindex.</param>
/// <param name="Name">The interface's name.</param>
/// <param name="Slot">The member's slot in forwarding plans, 0 to <see cref="ForwardingPlan.MaxMembers"/> - 1.</param>
/// <param name="Address">The address to set; null to leave the interface's own.</param>
/// <param name="Mtu">The MTU to set, in bytes.</param>
/// <param name="IsKept">
/// The previous service made the interface a member. If it is still set up as one, it is taken over without going down; otherwise the
/// request fails and the interface is left as it is.
/// </param>
public readonly record struct MemberSetup(int Ifindex, string Name, int Slot, MacAddress? Address, int Mtu, bool IsKept = false);

/// <summary>
/// Everything that the brain of one bond can do to its environment. Each call is carried out before it returns, on the thread that called
/// the brain. The host must not call the brain from within a call.
/// </summary>
public interface IBondHost
{
    /// <summary>
    /// Takes an interface away from the IP stack, sets it up, brings it up and opens its slot in the data path. All or nothing: on
    /// failure the interface is as before.
    /// </summary>
    HostResult Attach(in MemberSetup setup);

    /// <summary>
    /// Closes the slot and restores the interface's address, MTU, flags and IP addresses from before <see cref="Attach"/>; it is left
    /// administratively down. An interface that is gone is no error.
    /// </summary>
    void Detach(int ifindex, int slot);

    /// <summary>Sets a member's address while it is up.</summary>
    /// <param name="ifindex">The member's ifindex.</param>
    /// <param name="address">The address.</param>
    /// <param name="mayGoDown">Whether the interface may be set down for a moment, if its address can only change while it is down;
    /// otherwise the call fails.</param>
    HostResult SetMemberAddress(int ifindex, MacAddress address, bool mayGoDown = true);

    /// <summary>Sets a member's MTU, in bytes.</summary>
    HostResult SetMemberMtu(int ifindex, int mtu);

    /// <summary>
    /// Whether a member's interface accepts an MTU, in bytes. Asked of all members before the first is changed, since with some cards
    /// each change takes the link down.
    /// </summary>
    HostResult TakesMtu(int ifindex, int mtu) => HostResult.Done;

    /// <summary>Sets the address of the bond's device.</summary>
    HostResult SetBondAddress(MacAddress address);

    /// <summary>Sets the MTU of the bond's device, in bytes.</summary>
    HostResult SetBondMtu(int mtu);

    /// <summary>Sets the carrier of the bond's device.</summary>
    void SetCarrier(bool up);

    /// <summary>Sets the speed (Mbit/s, 0 for unknown) and duplex that the bond's device reports.</summary>
    void SetSpeed(uint speedMbps, Duplex duplex);

    /// <summary>Reads a member's link now, in addition to the kernel's reports; <see cref="LinkStatus.Gone"/> if the interface does not
    /// exist.</summary>
    LinkStatus ReadLink(int ifindex);

    /// <summary>
    /// Switches between the kernel data path and the socket data path while frames flow. Fails only for <see
    /// cref="DataPathChoice.Ebpf"/>, if the kernel does not support it; then nothing changes.
    /// </summary>
    HostResult UseDataPath(DataPathChoice choice);

    /// <summary>Sets whether the kernel data path sends frames through the bond's device or past it, while frames flow.</summary>
    HostResult UsePassage(DevicePassage passage);

    /// <summary>Makes the data path use a plan from the next frame on.</summary>
    void Publish(ForwardingPlan plan);

    /// <summary>
    /// Announces the bond's addresses on a slot: a gratuitous ARP request for each IPv4 address and an unsolicited neighbour
    /// advertisement for each IPv6 address of the bond and of devices above it, and a reverse ARP request for each station behind it.
    /// </summary>
    /// <param name="slot">The slot.</param>
    /// <param name="ofOthers">True to leave out announcements with the bond's own MAC address.</param>
    void AnnounceAddresses(int slot, bool ofOthers);

    /// <summary>Sends on a slot reports of the multicast groups (IGMP, MLD) that the bond's host has joined.</summary>
    void AnnounceGroups(int slot);

    /// <summary>
    /// Sends a control frame on a slot, ahead of the host's frames and regardless of the plan. False if the device refused it; the brain
    /// then retries. The host does not keep the frame.
    /// </summary>
    bool SendControl(int slot, ReadOnlySpan<byte> frame);

    /// <summary>
    /// Stores the last LACPDU of a slot, in case the service is late: from <paramref name="due"/> on, the data path repeats it as
    /// long as it hears the partner. Each LACPDU that is sent replaces it and postpones the time, so the data path repeats nothing while
    /// the service is in time.
    /// </summary>
    /// <param name="slot">The slot.</param>
    /// <param name="lacpdu">The whole frame; empty to repeat nothing.</param>
    /// <param name="due">When the data path may start to repeat it, in monotonic ns.</param>
    void StoreLacpdu(int slot, ReadOnlySpan<byte> lacpdu, long due);

    /// <summary>
    /// Requests <see cref="Bond.StackChanged"/>: soon, and whenever the state of the host's IP stack on the bond changes. Another thread
    /// reads it, so this returns at once.
    /// </summary>
    /// <param name="targets">Addresses whose paths are wanted; null to end the requests.</param>
    void WatchStack(IReadOnlyList<IPAddress>? targets);

    /// <summary>Number of frames received on a slot since it was opened, delivered or not.</summary>
    ulong FramesReceived(int slot);

    /// <summary>
    /// Reads the bytes sent by bucket (<see cref="TransmitRule.Buckets"/>), and behind them the bytes that were in no bucket. The
    /// counters only grow, but a new data path starts them at zero.
    /// </summary>
    /// <param name="bytes">Buffer of <see cref="BucketRule.Size"/> + 1 numbers.</param>
    void ReadLoads(Span<ulong> bytes);

    /// <summary>Number of the host's broadcast ARP packets that were sent with a member's address (<see
    /// cref="BucketChoice.TellsAll"/>).</summary>
    ulong ToldAll { get; }

    /// <summary>Makes a member promiscuous, or not.</summary>
    void HearAll(int ifindex, bool all);

    /// <summary>Reports an event.</summary>
    void Report(in BondEvent happened);
}
