using Tandem.Linux.Native;

namespace Tandem.Linux.Paths.Kernel;

// Where the programs stand, and what others do there.
internal sealed partial class KernelPath
{
    private bool _isShort;

    /// <summary>Takes in that the bond's device is elsewhere, and is wired in another way.</summary>
    public LinuxResult Rewire(Wiring wiring)
    {
        // Where the device is out of reach, its egress is: what is attached there went along.
        if (_wiring.Out is { } before && before != wiring.Out)
            _kept.Forget(before);
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
    /// What <see cref="ProgramWatch"/> found, in words: programs that somebody detached, and what became of that, and what others have attached, once
    /// for as long as it is there. Asks the kernel nothing but names.
    /// </summary>
    public IReadOnlyList<string> Inspect(Func<int, string> nameOf)
    {
        var news = new List<string>();
        var present = new HashSet<string>(StringComparer.Ordinal);
        foreach (var watched in _kept.Places)
        {
            if (watched.TakeRestored() is { } result)
                news.Add($"someone detached Tandem's program from the {Where(watched.Place)}; {(result.IsOk ? "it is back" : result)}");
            // What comes behind tandem_out sees the frames all the same, unless they take the short cut.
            if (watched.Place == _wiring.Out && !TakesShortCut)
                continue;
            foreach (var stranger in watched.Strangers)
                present.Add($"on the {Where(watched.Place)} there is {stranger}");
        }
        _strangers.IntersectWith(present);
        news.AddRange(present.Where(_strangers.Add));
        return news;

        string Where(Place place) => $"{Word(place.Point)} of {nameOf(place.Ifindex)}";
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
        return WantsOut ? _kept.Attach(egress, OutProgram) : _kept.Leave(egress);
    }

    private static string Word(HookPoint point) =>
        point switch
        {
            HookPoint.Ingress => "ingress",
            HookPoint.Egress => "egress",
            _ => "peer's transmit hook",
        };
}
