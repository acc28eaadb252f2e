using System.Net;
using Tandem.Core.Bonds;
using Tandem.Core.Forwarding;
using Tandem.Core.Hashing;
using Tandem.Core.Modes;
using Tandem.Core.Options;

namespace Tandem.Core.Explaining;

/// <summary>
/// A bond without devices: a brain whose members all have a link of the same speed. Its plan is that of any such bond.
/// </summary>
public sealed class PaperBond : IBondHost
{
    // Time by which the partner has agreed to all links.
    private const long LacpEnds = 10 * Clock.Second;
    private const long LacpStep = 100 * Clock.Millisecond;
    private const ulong OwnStation = 0x0200_0000_0001;
    private const ulong FirstMember = 0x0200_0000_0100;

    // All links come up at the same poll. Members that come up one by one would get their buckets one by one.
    private const long Poll = 100;

    private readonly Bond _bond;
    private readonly List<(int Ifindex, byte[] Frame)> _sent = [];
    private bool _isConnected;

    private PaperBond(BondMode mode, int members, ulong station)
    {
        _bond = new Bond(ModeTable.All, "bond", this, new MacAddress(station), addressIsRandom: false, mtu: 1500, now: 0);
        Must(
            _bond.Change(
                0,
                [
                    KeyValuePair.Create(BondOptions.Known.Mode, new OptionValue((long)mode)),
                    KeyValuePair.Create(BondOptions.Known.Miimon, new OptionValue(Poll)),
                ]
            )
        );
        for (var i = 0; i < members; i++)
        {
            var address = new MacAddress(FirstMember + (ulong)i);
            Must(
                _bond.AddMember(
                    0,
                    new Candidate
                    {
                        Ifindex = i + 1,
                        Name = $"member {i}",
                        Address = address,
                    }
                )
            );
        }
        _bond.SetUp(0, up: true);
        _isConnected = true;
        _bond.Advance(Poll * Clock.Millisecond);
    }

    /// <summary>The plan of such a bond before any load is measured. Slots are member numbers from 0.</summary>
    /// <param name="mode">The mode.</param>
    /// <param name="policy">The hash policy.</param>
    /// <param name="members">Number of members, 1 to <see cref="ForwardingPlan.MaxMembers"/>; all have a link.</param>
    public static ForwardingPlan Plan(BondMode mode, HashPolicy policy, int members)
    {
        var paper = new PaperBond(mode, members, OwnStation);
        if (mode == BondMode.Lacp)
            paper.Agree(new PaperBond(mode, members, OwnStation + 1));
        return paper._bond.Plan with { Policy = policy };
    }

    // Exchanges LACPDUs between two bonds until both have agreed to all links.
    private void Agree(PaperBond partner)
    {
        for (var now = Poll * Clock.Millisecond; now <= LacpEnds; now += LacpStep)
        {
            _bond.Advance(now);
            partner._bond.Advance(now);
            Deliver(partner, now);
            partner.Deliver(this, now);
        }
    }

    private void Deliver(PaperBond partner, long now)
    {
        var sent = _sent.ToList();
        _sent.Clear();
        foreach (var (ifindex, frame) in sent)
            partner._bond.FrameReceived(now, ifindex, frame);
    }

    private static void Must(OptionError? error)
    {
        if (error is not null)
            throw new InvalidOperationException(error.Message);
    }

    HostResult IBondHost.Attach(in MemberSetup setup) => HostResult.Done;

    void IBondHost.Detach(int ifindex, int slot) { }

    HostResult IBondHost.SetMemberAddress(int ifindex, MacAddress address, bool mayGoDown) => HostResult.Done;

    HostResult IBondHost.SetMemberMtu(int ifindex, int mtu) => HostResult.Done;

    HostResult IBondHost.SetBondAddress(MacAddress address) => HostResult.Done;

    HostResult IBondHost.SetBondMtu(int mtu) => HostResult.Done;

    void IBondHost.SetCarrier(bool up) { }

    void IBondHost.SetSpeed(uint speedMbps, Duplex duplex) { }

    LinkStatus IBondHost.ReadLink(int ifindex) => new(IsUp: true, _isConnected, SpeedMbps: 1000, Duplex.Full);

    HostResult IBondHost.UseDataPath(DataPathChoice choice) => HostResult.Done;

    HostResult IBondHost.UsePassage(DevicePassage passage) => HostResult.Done;

    void IBondHost.Publish(ForwardingPlan plan) { }

    void IBondHost.AnnounceAddresses(int slot, bool ofOthers) { }

    void IBondHost.AnnounceGroups(int slot) { }

    bool IBondHost.SendControl(int slot, ReadOnlySpan<byte> frame)
    {
        _sent.Add((slot + 1, frame.ToArray()));
        return true;
    }

    void IBondHost.StoreLacpdu(int slot, ReadOnlySpan<byte> lacpdu, long due) { }

    void IBondHost.WatchStack(IReadOnlyList<IPAddress>? targets) { }

    ulong IBondHost.FramesReceived(int slot) => 0;

    void IBondHost.ReadLoads(Span<ulong> bytes) => bytes.Clear();

    ulong IBondHost.ToldAll => 0;

    void IBondHost.HearAll(int ifindex, bool all) { }

    void IBondHost.Report(in BondEvent happened) { }
}
