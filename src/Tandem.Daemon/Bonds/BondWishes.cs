using Tandem.Api;
using Tandem.Core;
using Tandem.Core.Options;

namespace Tandem.Daemon.Bonds;

/// <summary>What a request wants of a bond, read and checked as far as that goes without the bond.</summary>
internal sealed record BondWishes(IReadOnlyList<KeyValuePair<BondOption, OptionValue>> Options, MacAddress? Address, int? Mtu, bool? Up)
{
    /// <summary>Reads a request's parts.</summary>
    public static Answer<BondWishes> Read(
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
    /// Carries all wishes out, or none: options first, because they are what is refused most, as the kernel does with the command
    /// line's; then address, MTU and up or down. What was done before a refusal is undone.
    /// </summary>
    public ErrorMessage? CarryOut(long now, RunningBond bond, INetwork network)
    {
        var brain = bond.Brain;
        var (options, address, mtu) = (brain.Options, brain.Address, brain.Mtu);
        var error = Options.Count > 0 ? brain.Change(now, Options) : null;
        if (error is not null)
            return Refusals.Of(error);
        if (Address is { } newAddress && newAddress != address)
            error = brain.SetAddress(now, newAddress);
        if (error is null && Mtu is { } newMtu)
            error = brain.SetMtu(now, newMtu);
        if (error is null && Up is { } up && network.SetUp(bond.Device.Ifindex, up) is { IsOk: false } failed)
            error = new OptionError(OptionErrorKind.Device, bond.Name, failed.Problem!);
        if (error is null)
        {
            if (Up is { } state)
                brain.SetUp(now, state);
            return null;
        }
        if (brain.Mtu != mtu)
            brain.SetMtu(now, mtu);
        if (brain.Address != address)
            brain.SetAddress(now, address);
        brain.Change(now, Differences(from: brain.Options, to: options));
        return Refusals.Of(error);
    }

    private static List<KeyValuePair<BondOption, OptionValue>> Differences(BondOptions from, BondOptions to) =>
        [.. BondOptionTable.Bond.Where(option => from[option] != to[option]).Select(option => KeyValuePair.Create(option, to[option]))];
}
