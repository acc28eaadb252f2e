using Tandem.Linux.Hosting;
using Tandem.Linux.Native;

namespace Tandem.Linux.Paths.Kernel;

/// <summary>The places at which one bond has programs: attached by the bond's thread, then watched until they are left.</summary>
/// <param name="watch">Reattaches programs that others detach.</param>
internal sealed class KeptPrograms(PerNamespace<ProgramWatch>.Lease watch) : IDisposable
{
    private readonly List<WatchedPlace> _places = [];

    /// <summary>All places.</summary>
    public IReadOnlyList<WatchedPlace> Places => _places;

    /// <summary>Attaches a program, replacing an earlier one of Tandem, and watches it.</summary>
    public LinuxResult Attach(Place place, int program)
    {
        Forget(place);
        var result = place.Attach(program);
        if (!result.IsOk)
            return result;
        var watched = new WatchedPlace(place, program);
        _places.Add(watched);
        watch.Value.Add(watched);
        return result;
    }

    /// <summary>Detaches what any tandemd process left at a place.</summary>
    public LinuxResult Leave(Place place)
    {
        Forget(place);
        return place.Leave();
    }

    /// <summary>Stops watching a place; its program stays attached.</summary>
    public void Forget(Place place)
    {
        if (_places.Find(watched => watched.Place == place) is not { } found)
            return;
        found.End();
        watch.Value.Remove(found);
        _places.Remove(found);
    }

    /// <summary>Stops watching all places; programs stay attached.</summary>
    public void Dispose()
    {
        foreach (var watched in _places.ToArray())
            Forget(watched.Place);
        watch.Dispose();
    }
}
