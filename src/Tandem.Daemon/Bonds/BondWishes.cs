using Tandem.Api;
using Tandem.Core;
using Tandem.Core.Options;

namespace Tandem.Daemon.Bonds;

/// <summary>What a request wants of a bond, read and checked as far as that goes without the bond.</summary>
internal sealed record BondWishes(IReadOnlyList<KeyValuePair<BondOption, OptionValue>> Options, MacAddress? Address, int? Mtu, bool? Up)
{
    /// <summary>Transmit and receive queues of a new bond; null if nothing was said.</summary>
    public int? Queues { get; private init; }

    /// <summary>Reads a request for a new bond.</summary>
    public static Answer<BondWishes> Read(INetwork network, CreateBondRequest request)
    {
        if (RequestReader.QueuesProblem(request.NumTxQueues) is { } outside)
            return outside;
        var wishes = Read(network, request.Options, request.Address, request.Mtu, request.Up);
        return wishes.Value is { } read ? read with { Queues = request.NumTxQueues } : wishes;
    }

    /// <summary>Reads a request for changes.</summary>
    public static Answer<BondWishes> Read(INetwork network, ChangeBondRequest request) =>
        Read(network, request.Options, request.Address, request.Mtu, request.Up);

    private static Answer<BondWishes> Read(
        INetwork network,
        IReadOnlyDictionary<string, string>? options,
        string? address,
        int? mtu,
        bool? up
    )
    {
        var changes = RequestReader.Options(OptionScope.Bond, options);
        if (changes.Refusal is { } refusal)
            return refusal;
        foreach (var (option, value) in changes.Value!)
        {
            if (option.Kind == OptionKind.Interface && value.Name is { } name && network.Find(name) is null)
                return OptionError.Of(OptionErrorKind.NoDevice, option, name, "there is no interface of that name");
        }
        var station = RequestReader.Address(address);
        if (station.Refusal is { } bad)
            return bad;
        return RequestReader.MtuProblem(mtu) is { } outside ? outside : new BondWishes(changes.Value!, station.Value, mtu, up);
    }

    /// <summary>
    /// Carries all wishes out, or none. Options are what is refused most, so they are checked first; they are changed only after MTU and
    /// address, which devices may refuse and which can be undone. Up or down comes last, as with the kernel.
    /// </summary>
    public ErrorMessage? CarryOut(long now, RunningBond bond)
    {
        var brain = bond.Brain;
        var (options, mtu, address) = (brain.Options, brain.Mtu, brain.Address);
        if (brain.Check(Options) is { } impossible)
            return Refusals.Of(impossible);
        if (Mtu is { } newMtu && brain.SetMtu(now, newMtu) is { } mtuRefused)
            return Refusals.Of(mtuRefused);
        if (Address is { } newAddress && newAddress != address && brain.SetAddress(now, newAddress) is { } addressRefused)
        {
            brain.SetMtu(now, mtu);
            return Refusals.Of(addressRefused);
        }
        if (Options.Count > 0 && brain.Change(now, Options) is { } optionsRefused)
        {
            if (brain.Address != address)
                brain.SetAddress(now, address);
            brain.SetMtu(now, mtu);
            return Refusals.Of(optionsRefused);
        }
        if (Up is not { } up)
            return null;
        if (bond.Device.SetUp(up) is { IsOk: false } failed)
        {
            brain.Change(now, Differences(from: brain.Options, to: options));
            if (brain.Address != address)
                brain.SetAddress(now, address);
            brain.SetMtu(now, mtu);
            return Refusals.Of(new OptionError(OptionErrorKind.Device, bond.Name, failed.Problem!));
        }
        brain.SetUp(now, up);
        return null;
    }

    private static List<KeyValuePair<BondOption, OptionValue>> Differences(BondOptions from, BondOptions to) =>
        [.. BondOptionTable.Bond.Where(option => from[option] != to[option]).Select(option => KeyValuePair.Create(option, to[option]))];
}
