using Tandem.Core.Options;
using Xunit;

namespace Tandem.Api.Tests;

public sealed class ErrorKindsTests
{
    [Fact]
    public void Each_reason_of_the_brain_has_a_name_and_a_status_of_its_class()
    {
        foreach (var reason in Enum.GetValues<OptionErrorKind>())
        {
            var name = ErrorKinds.NameOf(reason);
            Assert.Equal(KebabCase(reason.ToString()), name);
            Assert.InRange(ErrorKinds.StatusOf(name), 400, 499);
        }
    }

    [Fact]
    public void Names_are_different() => Assert.Equal(ErrorKinds.All.Length, ErrorKinds.All.Select(entry => entry.Name).Distinct().Count());

    [Fact]
    public void A_kind_that_is_unknown_is_a_fault_of_the_service() => Assert.Equal(500, ErrorKinds.StatusOf("made-up"));

    private static string KebabCase(string name) =>
        string.Concat(name.Select((c, i) => $"{(char.IsUpper(c) && i > 0 ? "-" : "")}{char.ToLowerInvariant(c)}"));
}
