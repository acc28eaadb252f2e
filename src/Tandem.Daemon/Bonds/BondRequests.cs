using Tandem.Api;
using Tandem.Core;
using Tandem.Core.Bonds;
using Tandem.Core.Options;
using Tandem.Linux.Bonds;

namespace Tandem.Daemon.Bonds;

/// <summary>Requests of clients, executed by the writer thread: completely, or not at all.</summary>
internal sealed class BondRequests(BondSet bonds, INetwork network)
{
    /// <summary>Creates a bond.</summary>
    public ErrorMessage? Create(long now, CreateBondRequest request)
    {
        if (bonds.IsClosing)
            return Refusals.Of(new OptionError(OptionErrorKind.Unavailable, request.Name, "the service is stopping"));
        if (InterfaceName.Problem(request.Name) is { } problem)
            return Refusals.Request($"name \"{request.Name}\": {problem}");
        if (bonds.Find(request.Name) is not null || network.Find(request.Name) is not null)
            return Refusals.Exists(request.Name);
        if (bonds.LeftAlone.Exists(left => left.Name == request.Name))
            return Refusals.LeftAlone(request.Name);
        var wishes = BondWishes.Read(network, request);
        if (wishes.Refusal is { } refusal)
            return refusal;

        // Most refusals concern options: they are found before a device is created.
        var empty = new OptionSituation(HasMembers: false, IsUp: false, name => $"not a member of {request.Name}", IsNew: true);
        var (options, impossible) = OptionChange.Apply(BondOptions.Default, wishes.Value!.Options, empty);
        if (impossible is not null)
            return Refusals.Of(wishes.Value.AsWritten(impossible));

        var device = new DeviceRequest(options.DeviceKind, options.DataPath, wishes.Value.Queues ?? DeviceTraits.Usual.Queues);
        var (bond, failure) = bonds.Open(now, request.Name, device, options.Mode);
        if (bond is null)
            return Refusals.Device(request.Name, failure!);
        // A data path that is not available is refused with the other options.
        bond.Device.UseDataPath(options.DataPath);
        if (wishes.Value.CarryOut(now, bond, new Steps()) is { } refused)
        {
            bond.Close(now);
            return refused;
        }
        bonds.Add(bond);
        bond.Save();
        return null;
    }

    /// <summary>Changes a bond.</summary>
    public ErrorMessage? Change(long now, string name, ChangeBondRequest request)
    {
        if (bonds.Find(name) is not { } bond)
            return Refusals.NoBond(name);
        var wishes = BondWishes.Read(network, request);
        if (wishes.Refusal is { } refusal)
            return refusal;
        if (wishes.Value!.CarryOut(now, bond, new Steps()) is { } refused)
            return refused;
        bond.Save();
        return null;
    }

    /// <summary>Removes a bond, and restores its members.</summary>
    public ErrorMessage? Remove(long now, string name)
    {
        if (bonds.Find(name) is not { } bond)
            return Refusals.NoBond(name);
        bonds.Close(now, bond);
        return null;
    }

    /// <summary>
    /// Lets an interface join, with options. An interface that is a member of another bond is released from it first, as in the kernel, unless its
    /// options are refused.
    /// </summary>
    public ErrorMessage? Join(long now, string bondName, string memberName, ChangeMemberRequest? request = null)
    {
        var changes = RequestReader.Options(OptionScope.Member, request?.Options);
        if (changes.Refusal is { } refusal)
            return refusal;
        if (bonds.Find(bondName) is not { } bond)
            return Refusals.NoBond(bondName);
        if (network.Find(memberName) is not { } link)
            return Refusals.NoDevice(memberName);
        if (bonds.All.FirstOrDefault(other => other.Device.OtherEnd == link.Ifindex) is { } owner)
            return Refusals.Device(memberName, $"it is the other end of {owner.Name}, and belongs to that bond");
        if (BondHost.IsOtherEnd(link, device: null))
            return Refusals.Device(memberName, "it is the other end of a bond that this service does not run");
        if (bond.Brain.CheckMember(link.Ifindex, changes.Value!) is { } refused)
            return Refusals.Of(refused);
        if (bond.Brain.FindMember(link.Ifindex) is not null)
        {
            // A member that was set down is set up, as when it joins: the request is for a member that carries frames.
            if (!link.IsUp && network.SetUp(link.Ifindex, memberName, true) is { } notUp)
                return notUp;
            return changes.Value!.Count == 0 ? null : Set(now, bond, link.Ifindex, changes.Value!);
        }
        if (bonds.Contains(memberName, bondName))
            return Refusals.Device(memberName, $"{bondName} is a member of it, directly or through other bonds");
        if (bonds.OwnerOf(link.Ifindex) is { } previous)
        {
            previous.Brain.RemoveMember(now, link.Ifindex);
            previous.Save();
            if (network.Find(memberName) is not { } released)
                return Refusals.NoDevice(memberName);
            link = released;
        }
        if (bond.Brain.AddMember(now, network.CandidateOf(link)) is { } error)
            return Refusals.Of(error);
        return Set(now, bond, link.Ifindex, changes.Value!);
    }

    /// <summary>Releases a member, and restores it.</summary>
    public ErrorMessage? Release(long now, string bondName, string memberName)
    {
        if (bonds.Find(bondName) is not { } bond)
            return Refusals.NoBond(bondName);
        if (bond.FindMember(memberName) is not { } member)
            return network.Find(memberName) is null ? Refusals.NoDevice(memberName) : Refusals.NotAMember(memberName, bondName);
        if (bond.Brain.RemoveMember(now, member.Ifindex) is { } error)
            return Refusals.Of(error);
        bond.Save();
        return null;
    }

    /// <summary>Changes options of a member.</summary>
    public ErrorMessage? ChangeMember(long now, string bondName, string memberName, ChangeMemberRequest request)
    {
        if (bonds.Find(bondName) is not { } bond)
            return Refusals.NoBond(bondName);
        if (bond.FindMember(memberName) is not { } member)
            return network.Find(memberName) is null ? Refusals.NoDevice(memberName) : Refusals.NotAMember(memberName, bondName);
        var changes = RequestReader.Options(OptionScope.Member, request.Options);
        if (changes.Refusal is { } refusal)
            return refusal;
        return Set(now, bond, member.Ifindex, changes.Value!);
    }

    /// <summary>Changes options of a member.</summary>
    public static ErrorMessage? Set(long now, RunningBond bond, int ifindex, IReadOnlyList<KeyValuePair<BondOption, OptionValue>> changes)
    {
        if (bond.Brain.ChangeMember(now, ifindex, changes) is { } error)
            return Refusals.Of(error);
        bond.Save();
        return null;
    }
}
