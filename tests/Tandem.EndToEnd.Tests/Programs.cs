namespace Tandem.EndToEnd.Tests;

/// <summary>The published programs, as users have them.</summary>
internal static class Programs
{
    public static string Tandem { get; } = Find("out/tandem", "run ./build first");

    public static string Tandemd { get; } = Find("out/tandemd", "run ./build first");

    /// <summary>Runs a script in a kernel with features that this one may lack.</summary>
    public static string UserModeLinux { get; } = Find("eng/uml.sh", "it is part of the project");

    /// <summary>Runs a script in a QEMU guest.</summary>
    public static string Guest { get; } = Find("eng/guest", "it is part of the project");

    /// <summary>Makes packages of the programs.</summary>
    public static string Package { get; } = Find("package", "it is part of the project");

    /// <summary>How large the programs may be.</summary>
    public static string SizeBudget { get; } = Find("eng/size-budget.sh", "it is part of the project");

    /// <summary>Where <c>eng/oracles</c> unpacks tools of Debian.</summary>
    public static string Oracles { get; } =
        Path.GetFullPath("../artifacts/oracles", Path.GetDirectoryName(Find("eng/oracles", "it is part of the project"))!);

    private static string Find(string path, string remedy)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var program = Path.Combine(folder.FullName, path);
            if (File.Exists(program))
                return program;
        }
        throw new FileNotFoundException($"{path} is missing; {remedy}");
    }
}
