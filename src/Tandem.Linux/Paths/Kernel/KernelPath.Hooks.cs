using Tandem.Linux.Native;

namespace Tandem.Linux.Paths.Kernel;

// Where the programs are attached, and what other programs do there.
internal sealed partial class KernelPath
{
    private bool _isShort;

    /// <summary>The bond's device was moved, and needs another wiring.</summary>
    public LinuxResult Rewire(Wiring wiring)
    {
        // If the device is out of reach, so is its egress: the program there went along.
        if (_wiring.Out is { } before && before != wiring.Out)
            _kept.Forget(before);
        _wiring = wiring;
        Wire();
        return PlaceOut();
    }

    /// <summary>
    /// Sends frames past the bond's device, or through it. Takes effect at once; each frame takes one path or the other.
    /// </summary>
    public LinuxResult UseShortCut(bool isShort)
    {
        var before = _isShort;
        _isShort = isShort;
        // The program must be attached before it is told to take frames. On the way back it may stay attached, since it then passes
        // frames on.
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
    /// Returns news of <see cref="ProgramWatch"/> as text: Tandem's programs that were detached, with the result of reattaching them, and
    /// programs of others, each once while it is attached. The kernel is asked for names only.
    /// </summary>
    public IReadOnlyList<string> Inspect(Func<int, string> nameOf)
    {
        var news = new List<string>();
        var present = new HashSet<string>(StringComparer.Ordinal);
        foreach (var watched in _kept.Places)
        {
            if (watched.TakeRestored() is { } result)
                news.Add($"someone detached Tandem's program from the {Where(watched.Place)}; {(result.IsOk ? "it is back" : result)}");
            // Programs behind tandem_out still see the frames, unless the frames go past the device.
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
