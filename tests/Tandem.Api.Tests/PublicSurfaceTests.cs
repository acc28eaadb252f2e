using System.Runtime.CompilerServices;
using Xunit;

namespace Tandem.Api.Tests;

/// <summary>A change of the public API shows in review as a change of a file.</summary>
public sealed class PublicSurfaceTests
{
    private const string Golden = "PublicSurface.txt";

    [Fact]
    public void The_public_surface_is_as_it_is_written_down()
    {
        var actual = PublicSurface.Of(typeof(TandemClient).Assembly);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(PathInSource(), actual);
            return;
        }
        var expected = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Data", Golden));
        var (gone, added) = (Lines(expected).Except(Lines(actual)), Lines(actual).Except(Lines(expected)));
        Assert.True(
            expected == actual,
            "The public surface of Tandem.Api differs from tests/Tandem.Api.Tests/Data/PublicSurface.txt. If that is wanted, run this test "
                + "with UPDATE_GOLDEN=1 and commit the file.\n"
                + string.Join('\n', [.. gone.Select(line => "- " + line), .. added.Select(line => "+ " + line)])
        );
    }

    [Theory]
    [InlineData("BondSpec: sealed record : IEquatable<BondSpec>")]
    [InlineData("BondSpec.Address: string? { get; init; }")]
    [InlineData("MemberSpec.Name: required string { get; init; }")]
    [InlineData("BondSpec.Members: IReadOnlyList<MemberSpec>? { get; init; }")]
    public void It_tells_of_what_may_be_null_and_of_what_is_required(string line) =>
        Assert.Contains(line, Lines(PublicSurface.Of(typeof(TandemClient).Assembly)));

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string PathInSource([CallerFilePath] string source = "") => Path.Combine(Path.GetDirectoryName(source)!, "Data", Golden);
}
