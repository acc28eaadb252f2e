using Tandem.Api;
using Tandem.Core;
using Tandem.Core.Options;

namespace Tandem.Daemon.Bonds;

/// <summary>The settings that a request names, checked as far as possible without the bond.</summary>
internal sealed record BondWishes(IReadOnlyList<KeyValuePair<BondOption, OptionValue>> Options, MacAddress? Address, int? Mtu, bool? Up)
{
    /// <summary>Number of transmit and receive queues of a new bond; null if the request does not name it.</summary>
    public int? Queues { get; private init; }

    // The names by which the request gives the options, in the same order.
    private IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>A refusal with the option under the name by which the request gives it.</summary>
    public OptionError AsWritten(OptionError refusal) =>
        Options.Zip(Names).Aggregate(refusal, static (error, given) => error.Named(given.First.Key, given.Second));

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
        return RequestReader.MtuProblem(mtu) is { } outside
            ? outside
            : new BondWishes(changes.Value!, station.Value, mtu, up) { Names = [.. options?.Keys ?? []] };
    }

    /// <summary>
    /// Makes all changes as steps. Options are refused most often, so they are checked first; they are changed after MTU and address, which devices may
    /// refuse and which can be undone. Up or down is the last step, as in the kernel.
    /// </summary>
    public ErrorMessage? CarryOut(long now, RunningBond bond, Steps steps)
    {
        var brain = bond.Brain;
        var (options, mtu, address, user, isUp) = (brain.Options, brain.Mtu, brain.Address, brain.UserAddress, brain.IsUp);
        if (brain.Check(Options) is { } impossible)
            return steps.Refuse(Refusals.Of(AsWritten(impossible)));
        // Setting the present value again is the way to say that it shall hold.
        if (Mtu == mtu || Address == address)
            brain.EndPauses(now);
        ErrorMessage? refusal = null;
        if (Mtu is { } newMtu && newMtu != mtu)
            refusal = steps.Make(
                $"mtu {newMtu}",
                () => Refusals.OfAny(brain.SetMtu(now, newMtu)),
                () => Refusals.OfAny(brain.SetMtu(now, mtu))
            );
        if (refusal is null && Address is { } newAddress && newAddress != address)
            refusal = steps.Make(
                $"address {newAddress}",
                () => Refusals.OfAny(brain.SetAddress(now, newAddress)),
                () => Refusals.OfAny(brain.UndoAddress(now, address, user))
            );
        if (refusal is null && Options.Count > 0)
            refusal = steps.Make(
                "options",
                () => Refusals.OfAny(brain.Change(now, Options)),
                () => Refusals.OfAny(brain.Become(now, options))
            );
        if (refusal is null && Up is { } up)
            refusal = steps.Make(up ? "up" : "down", () => SetUp(now, bond, up), () => SetUp(now, bond, isUp));
        return refusal;
    }

    private static ErrorMessage? SetUp(long now, RunningBond bond, bool up)
    {
        if (bond.Device.SetUp(up) is { IsOk: false } failed)
            return Refusals.Device(bond.Name, failed.Problem!);
        bond.Brain.SetUp(now, up);
        return null;
    }
}
