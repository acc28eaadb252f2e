using Tandem.Linux.Native;

namespace Tandem.Linux.Paths.Kernel;

// Where the programs stand, and what others do there.
internal sealed partial class KernelPath
{
    private bool _isShort;

    /// <summary>Takes in that the bond's device is elsewhere, and is wired in another way.</summary>
    public LinuxResult Rewire(Wiring wiring)
    {
        _wiring = wiring;
        Wire();
        return PlaceOut();
    }

    /// <summary>
    /// Lets frames take the short cut past the bond's device, or go through it. Takes effect at once; each frame goes one way or the other.
    /// </summary>
    public LinuxResult UseShortCut(bool isShort)
    {
        var before = _isShort;
        _isShort = isShort;
        // On the way there the program must stand before it is told to take frames; on the way back it may stay: it passes them on then.
        if (isShort && PlaceOut() is { IsOk: false } failed)
        {
            _isShort = before;
            return failed;
        }
        Wire();
        if (!isShort)
            PlaceOut();
        return LinuxResult.Ok;
    }

    /// <summary>
    /// Looks whether the programs are where they should be: puts back what somebody detached, and tells of that and of what others have
    /// attached, once for as long as it is there.
    /// </summary>
    public IReadOnlyList<string> Inspect(Func<int, string> nameOf)
    {
        var news = new List<string>();
        var present = new HashSet<string>(StringComparer.Ordinal);
        Inspect(_wiring.Transmit, TransmitProgram, nameOf, news, present);
        if (_wiring.Out is { } egress && WantsOut)
            Inspect(egress, OutProgram, nameOf, news, present);
        foreach (var ifindex in _members.Values)
            Inspect(new Place(Hook.Here, ifindex, HookPoint.Ingress), ReceiveProgram, nameOf, news, present);
        _strangers.IntersectWith(present);
        news.AddRange(present.Where(_strangers.Add));
        return news;
    }

    private bool TakesShortCut => _isShort && _wiring.Out is not null;

    private bool WantsOut => _wiring.NeedsOut || TakesShortCut;

    private void Wire()
    {
        ref var control = ref _control[0];
        control.HasService = _wiring.HasService ? 1u : 0u;
        Volatile.Write(ref control.IsShort, TakesShortCut ? 1u : 0u);
        Volatile.Write(ref control.Host, TakesShortCut ? _wiring.ShortHost : _wiring.Host);
    }

    private LinuxResult PlaceOut()
    {
        if (_wiring.Out is not { } egress)
            return LinuxResult.Ok;
        return WantsOut ? egress.Attach(OutProgram) : egress.Leave();
    }

    private void Inspect(Place place, int program, Func<int, string> nameOf, List<string> news, HashSet<string> strangers)
    {
        if (place.Find() == 0)
        {
            var result = place.Attach(program);
            if (result.Errno != Errno.ENODEV)
                news.Add($"someone detached Tandem's program from the {Where()}; {(result.IsOk ? "it is back" : result)}");
        }
        // What comes behind tandem_out sees the frames all the same, unless they take the short cut.
        if (place == _wiring.Out && !TakesShortCut)
            return;
        foreach (var stranger in place.Strangers())
            strangers.Add($"on the {Where()} there is {stranger}");

        string Where() => $"{Word(place.Point)} of {nameOf(place.Ifindex)}";
    }

    private static string Word(HookPoint point) =>
        point switch
        {
            HookPoint.Ingress => "ingress",
            HookPoint.Egress => "egress",
            _ => "peer's transmit hook",
        };
}
