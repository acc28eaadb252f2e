using Tandem.Linux.Native;

namespace Tandem.Linux.Paths.Kernel;

/// <summary>Where a program is attached: a hook, an interface, and a point of the interface.</summary>
/// <param name="Hook">The hook.</param>
/// <param name="Ifindex">The interface, in this network namespace.</param>
/// <param name="Point">The point of the interface at which frames pass the program.</param>
internal readonly record struct Place(Hook Hook, int Ifindex, HookPoint Point)
{
    /// <summary>Attaches a program, replacing an earlier one of Tandem.</summary>
    public LinuxResult Attach(int program) => Hook.Attach(Ifindex, Point, program);

    /// <summary>Detaches the program that any tandemd process attached here. No error if there is none, or without libbpf.</summary>
    public LinuxResult Leave() => Native.LibBpf.Problem is null ? Hook.Detach(Ifindex, Point) : LinuxResult.Ok;

    /// <summary>The ID of Tandem's program; 0 if there is none.</summary>
    public uint Find() => Hook.Find(Ifindex, Point);

    /// <summary>Other programs here, as text.</summary>
    public IEnumerable<string> Strangers() => Hook.Strangers(Ifindex, Point);
}
